/**
 * The second script of the console: a slider, the number beside it and the figure in its label show the same while one of them is moved. Without it
 * both are sent, and the one that was changed counts.
 */
export const SLIDERS = `
for (const slider of document.querySelectorAll('input[type="range"][data-number]')) {
  const number = document.getElementById(slider.dataset.number);
  const figure = document.getElementById(slider.dataset.figure);
  slider.addEventListener('input', () => {
    number.value = slider.value;
    figure.textContent = slider.value;
  });
  number.addEventListener('input', () => {
    if (number.value === '' || !number.validity.valid) return;
    slider.value = number.value;
    figure.textContent = number.value;
  });
}
`.trim();
