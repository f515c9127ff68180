/** The sign of the console in a tab of the browser. */
export const FAVICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1d6b45"/><path d="M16 26V14m0 3c-5 0-8-3-8-8 5 0 8 3 8 8Zm0 3c0-5 3-8 8-8 0 5-3 8-8 8Z" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
