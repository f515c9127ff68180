import { describe, expect, it } from 'vitest';
import { nameInMails } from '../../src/domain/campaign.ts';
import { load, mistakes, SOUND, warnings } from './folder.ts';

const file = (text: string): Record<string, string> => ({
  'campaigns.yaml': text,
  'settings.yaml': `${SOUND['settings.yaml']}productLines: [vineyard]\n`,
});

const WHOLE = `GreenTech Expo:
frost-webinar:
  name: Frost nights
  type: webinar
  channel: email
  productLine: vineyard
  goal: { leads: 120, won: 3 }
  budget: 4000 EUR
  costs:
    - { on: 2027-01-10, cost: 1250.5 EUR, for: ads }
  starts: 2027-03-10 17:00
  ends: 2027-03-10 18:00
  event: 2027-03-10 17:15
  url: https://brookfield.example/frost
  materials: [frost-sheet, frost-slides]
  attendance: [{ on: 2027-03-10, registered: 120, attended: 85 }]
  feedback: [{ on: 2027-03-11, rating: 4.3, answers: 40, words: Bad sound }]
  audience: growers of 20 hectares and more
  utm: { source: LinkedIn, campaign: fn27 }
`;

describe('campaigns.yaml', () => {
  it.each([
    [{ campaign: 'GreenTech Expo' }, 'GreenTech Expo'],
    [{ campaign: 'frost-webinar', name: 'Frost nights' }, 'Frost nights'],
    [{ campaign: 'frost-webinar' }, undefined],
    [{ campaign: 'Q4_DE' }, undefined],
    [{ campaign: 'Bio-Expo' }, 'Bio-Expo'],
  ])('mails call %o %s', (campaign, shown) => {
    expect(nameInMails(campaign)).toBe(shown);
  });

  it('warns of a cadence about a campaign that has only a key', () => {
    const about = (campaign: string): Record<string, string> => ({
      'campaigns.yaml': 'frost: {}\nGreenTech Expo:\n',
      'cadences/aa.yaml': `name: A\ncampaign: ${campaign}\nsteps:\n  - email: hello\n`,
    });
    expect(warnings(about('frost'))).toEqual([
      expect.stringMatching(
        /^cadences\/aa\.yaml:2:11 .*"frost" is a key and no name for people.*give it a "name" in campaigns\.yaml/,
      ),
    ]);
    expect(warnings(about('GreenTech Expo'))).toEqual([]);
  });

  it('warns of a condition with a word that is nearly one of those listed', () => {
    const asks = (when: string): string[] =>
      warnings({
        'campaigns.yaml': 'GreenTech Expo:\n',
        'settings.yaml': `${SOUND['settings.yaml']}productLines: [vineyard]\nneedTypes: [new field]\n`,
        'cadences/aa.yaml': `name: A\nenroll: { when: { ${when} } }\nsteps:\n  - email: hello\n`,
      }).map((line) => line.replace(/^.*: (?=\S+\.yaml has)/, ''));
    expect(asks('productLine: vinyard')).toEqual([
      'settings.yaml has no product line "vinyard"; did you mean "vineyard"?',
    ]);
    expect(asks('need: { in: [new feild, order] }')).toEqual([
      'settings.yaml has no need type "new feild"; did you mean "new field"?',
    ]);
    expect(asks('firstCampaign: Greentech Expos')).toEqual([
      'campaigns.yaml has no campaign "Greentech Expos"; did you mean "GreenTech Expo"?',
    ]);
    expect(asks('any: [{ productLine: Vineyard }, { productLine: pumps }, { campaign: greentech expo }]')).toEqual([]);
  });

  it('has a campaign by its key alone, or with all that is known of it', () => {
    expect(load(file(WHOLE)).campaigns).toEqual([
      { campaign: 'GreenTech Expo' },
      {
        campaign: 'frost-webinar',
        name: 'Frost nights',
        type: 'webinar',
        channel: 'email',
        productLine: 'vineyard',
        goal: { leads: 120, won: 3 },
        currency: 'EUR',
        budgetMinor: 400_000,
        costs: [{ on: '2027-01-10', minor: 125_050, for: 'ads' }],
        starts: '2027-03-10T16:00:00.000Z',
        ends: '2027-03-10T17:00:00.000Z',
        event: '2027-03-10T16:15:00.000Z',
        url: 'https://brookfield.example/frost',
        materials: ['frost-sheet', 'frost-slides'],
        attendance: [{ on: '2027-03-10', registered: 120, attended: 85 }],
        feedback: [{ on: '2027-03-11', rating: 4.3, answers: 40, words: 'Bad sound' }],
        audience: 'growers of 20 hectares and more',
        utm: [{ source: 'LinkedIn', campaign: 'fn27' }],
      },
    ]);
  });

  it('has one material in a short form', () => {
    expect(load(file('x: { material: frost-sheet }\n')).campaigns).toEqual([
      { campaign: 'x', materials: ['frost-sheet'] },
    ]);
  });

  it.each([
    ['x: { starts: 10.3.2027 }', '1:14  x.starts: expected a date and time such as "2027-03-10 17:00"'],
    ['x: { starts: 2027-03-10, ends: 2027-03-09 }', '1:32  x.ends: a campaign ends after it starts'],
    ['x:\nX:', '2:1  X: the campaign "X" is listed already'],
    ['x: { budget: 4000 }', '1:14  x.budget: expected an amount such as "1200 EUR" or "99.50 USD"'],
    ['x: { budget: 1.50 JPY }', '1:14  x.budget: expected an amount'],
    [
      'x: { budget: 10 EUR, costs: [{ on: 2027-01-10, cost: 1 USD }] }',
      'x.costs[0].cost: the money of a campaign is in one currency, here EUR',
    ],
    ['x: { costs: [{ on: January, cost: 1 USD }] }', 'x.costs[0].on: expected a date such as "2027-03-10"'],
    ['x: { productLine: vinyard }', 'x.productLine: unknown product line "vinyard"; did you mean "vineyard"?'],
    ['x: { goal: {} }', 'x.goal: expected numbers of leads: leads, qualified or won'],
    ['x: { utm: {} }', 'x.utm: expected what touches state: source, medium or campaign'],
    ['x: { utm: { src: a } }', 'x.utm.src'],
    [
      'x: { utm: { source: a } }\ny: { utm: [{ source: A }] }',
      'y.utm[0]: "x" has the same rule, and takes these touches',
    ],
    [
      'x: { material: a, materials: [b] }',
      '1:6  x.material: what it gives is said twice; write all of it in "materials"',
    ],
    ['x: { materials: a }', 'x.materials: expected a list of keys, as templates name them'],
    ['x: { attendance: [{ on: 2027-03-10 }] }', 'expected how many people: registered, attended or missed'],
    ['x: { feedback: [{ on: 2027-03-10, answers: 3 }] }', 'expected a rating or words'],
    ['x: { typ: ad }', '1:6  x.typ: unknown key "typ"; did you mean "type"?'],
  ])('%s', (text, message) => {
    expect(mistakes(file(`${text}\n`)).join('\n')).toContain(message);
  });

  it('gives the types that conditions may ask for', () => {
    const asks = (type: string): string[] =>
      mistakes({ ...file(WHOLE), 'segments.yaml': `some: { when: { firstCampaignType: ${type} } }\n` });
    expect(asks('Webinar')).toEqual([]);
    expect(asks('webiner').join()).toContain('unknown campaign type "webiner"; did you mean "webinar"?');
    // A campaign of the API may have it.
    expect(asks('podcast')).toEqual([]);
    expect(warnings({ ...file(WHOLE), 'segments.yaml': 'some: { when: { firstCampaignType: podcast } }\n' })).toEqual([
      expect.stringContaining('no campaign of campaigns.yaml has the type "podcast"'),
    ]);
  });
});
