/** An element with a class and what is in it. */
export function html<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = '',
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

export function addButton(container: HTMLElement, text: string, action: () => void): HTMLButtonElement {
  const button = html('button', '', text);
  button.type = 'button';
  button.addEventListener('click', action);
  container.append(button);
  return button;
}
