/** The key code of a key that an input method has taken. */
const takenByInputMethod = 229;

/**
 * Whether a key belongs to an input method, as for Japanese or Chinese: Enter then takes a conversion, Escape
 * gives it up, arrows choose in it. Safari ends the composition before it tells of the key, so that only the
 * key code says so.
 */
function isComposing(event: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean {
  return event.isComposing || event.keyCode === takenByInputMethod;
}

/**
 * Keeps the keys of an input method from every handler of the page, and from those of its libraries: dialogs,
 * menus. It must be the first listener of the page.
 */
export function keepCompositionKeys(page: Pick<Window, 'addEventListener'>): void {
  page.addEventListener('keydown', (event) => isComposing(event) && event.stopImmediatePropagation(), true);
}
