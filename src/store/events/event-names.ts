/** An out-of-office that names the day of return (`untilMs`, on the lead's clock). Its writer is a program, so it never counts. */
export const ABSENCE = 'absence.noted';
