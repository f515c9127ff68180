/**
 * Lint rules of our own: each is a lesson, with its reason.
 *
 * no-list-of-any-length: Prisma writes `in: [a, b, c]` as `IN ($1, $2, $3)`, which is another statement for each length of the list.
 * Each is parsed, planned and kept prepared on every connection: a list that grows to 200 is 200 statements, which push out those
 * that events and steps need. `= ANY($1)` in a raw statement is one for all lengths. A list of literals has one length, and is fine.
 *
 * percent-sign-at-its-number: the same share was "90%" in a table and "90 %" on the command line. Texts are American: "90%".
 */

function hasOneLength(value) {
  const list = value.type === 'TSAsExpression' ? value.expression : value;
  return list.type === 'ArrayExpression' && list.elements.every((one) => one !== null && one.type !== 'SpreadElement');
}

const noListOfAnyLength = {
  meta: { type: 'problem' },
  create(context) {
    return {
      Property(node) {
        const name = node.key.type === 'Identifier' && !node.computed ? node.key.name : null;
        if ((name !== 'in' && name !== 'notIn') || hasOneLength(node.value)) return;
        context.report({
          node,
          message: `\`${name}\` with a list of any length makes a prepared statement for each length: use = ANY(\${list}) in a raw statement.`,
        });
      },
    };
  },
};

const APART = 'Write a share as "90%", without a space before the sign.';

const percentSignAtItsNumber = {
  meta: { type: 'problem' },
  create(context) {
    return {
      Literal(node) {
        if (typeof node.value === 'string' && /\d\s%(?![\w}])/.test(node.value))
          context.report({ node, message: APART });
      },
      TemplateLiteral(node) {
        const isApart = node.quasis.some(
          ({ value: { raw } }, place) => /\d\s%(?![\w}])/.test(raw) || (place > 0 && /^\s%(?![\w}])/.test(raw)),
        );
        if (isApart) context.report({ node, message: APART });
      },
    };
  },
};

export default {
  meta: { name: 'nurture' },
  rules: { 'no-list-of-any-length': noListOfAnyLength, 'percent-sign-at-its-number': percentSignAtItsNumber },
};
