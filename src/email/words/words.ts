/** Every text that a reader of our mails sees on our pages and in our own mails. One file a language has them all. */
export interface Words {
  /** Of the page: `<html lang>`. */
  lang: string;
  unsubscribe: {
    title: string;
    heading: string;
    of(address: string | null): string;
    button: string;
    small: string;
    choose: string;
    done: string;
    doneOf(address: string | null): string;
    close: string;
  };
  preferences: {
    title: string;
    of(address: string | null): string;
    saved: string;
    topics: string;
    noTopics: string;
    tracking: string;
    trackingLabel: string;
    /** Of a box that who is tracked without having been asked ticks to end it. */
    trackingObjection: string;
    frequency: string;
    all: string;
    weekly: string;
    monthly: string;
    pause: string;
    noPause: string;
    keepPause(until: string): string;
    days(days: number): string;
    until: string;
    untilLabel: string;
    language: string;
    anyLanguage: string;
    save: string;
    wrongDate: string;
    /** A day was filled in beside another pause. */
    pauseOrDay: string;
    wrongChoice: string;
    leaveHeading: string;
    leaveText: string;
    leave: string;
    small: string;
    expired: string;
    expiredText: string;
    /** Of the page of a mail that may have been passed on. */
    passedOn: string;
    passedOnText: string;
    mailLink: string;
    linkMailed: string;
    linkMailedText: string;
    /** The words of the consent that a ticked box gives. */
    consent(topic: string): string;
    refusal(topic: string): string;
  };
  /** Of a mail that is opened in the browser. */
  view: {
    changed: string;
    left: string;
    leftText: string;
    leftHint: string;
  };
  confirm: {
    title: string;
    text(company: string): string;
    agreed: string;
    topics: string;
    every: string;
    button: string;
    small: string;
    done: string;
    doneText: string;
    over: string;
    overText: string;
  };
  mail: {
    confirm: NoticeWords;
    preferences: NoticeWords;
  };
}

/** Of a mail of ours with one button. Liquid may stand in it; no word of anybody else does. */
export interface NoticeWords {
  subject: string;
  preheader: string;
  heading: string;
  text: string;
  button: string;
  small: string;
}
