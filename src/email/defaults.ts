/** `defaults` of a template: what stands in for variables that are not known of a lead. */

type Values = Readonly<Record<string, unknown>>;

/** `context` with each default put where nothing is known. The context itself stays as it is. */
export function withDefaults(context: Values, defaults: Readonly<Record<string, string>> | undefined): Values {
  if (defaults === undefined) return context;
  return Object.entries(defaults).reduce((all, [name, text]) => filled(all, name.split('.'), text), context);
}

function filled(values: Values, [name = '', ...below]: readonly string[], text: string): Values {
  const known = Object.hasOwn(values, name) ? values[name] : undefined;
  if (below.length === 0)
    return known === undefined || known === null || known === '' ? { ...values, [name]: text } : values;
  const isObject = typeof known === 'object' && known !== null && !Array.isArray(known);
  return { ...values, [name]: filled(isObject ? (known as Values) : {}, below, text) };
}
