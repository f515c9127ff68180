import { regionOf } from '../../src/domain/region.ts';
import { describe, expect, it } from 'vitest';
import { leadZone, type Whereabouts } from '../../src/domain/lead-zone.ts';

const of = (lead: Partial<Whereabouts>): [zone: string, because: string] => {
  const { zone, because } = leadZone({ timeZone: null, country: null, attributes: {}, ...lead }, 'Europe/Berlin');
  return [zone, because];
};

describe('the time zone of a lead', () => {
  it('is its own before all else', () => {
    expect(of({ timeZone: 'Asia/Tokyo', country: 'US' })).toEqual(['Asia/Tokyo', 'its own time zone']);
  });

  it('is that of its country', () => {
    expect(of({ country: 'NL' })).toEqual(['Europe/Amsterdam', 'the time zone of its country, NL']);
    expect(of({ country: 'nl', timeZone: 'Mars/Base' })[0]).toBe('Europe/Amsterdam');
  });

  it.each(['CA', 'US-CA', 'us-ca', 'California', ' california '])('is that of its region, written as %j', (region) => {
    const because = 'the time zone of its region, California (US)';
    expect(of({ country: 'US', attributes: { region } })).toEqual(['America/Los_Angeles', because]);
    expect(of({ country: 'US', attributes: { state: region } })[0]).toBe('America/Los_Angeles');
  });

  it('is that of most people in a country with several, where the region is not known', () => {
    const because = 'the time zone of most people in its country, US, which has several';
    expect(of({ country: 'US' })).toEqual(['America/New_York', because]);
    expect(of({ country: 'US', attributes: { region: 'Bavaria' } })[0]).toBe('America/New_York');
    expect(of({ country: 'US', attributes: { region: 'toString' } })[0]).toBe('America/New_York');
    const most = { AU: 'Sydney', BR: 'Sao_Paulo', CA: 'Toronto', ID: 'Jakarta', MX: 'Mexico_City', RU: 'Moscow' };
    for (const [country, city] of Object.entries(most)) expect(of({ country })[0]).toMatch(new RegExp(`/${city}$`));
    expect(of({ country: 'CA', attributes: { region: 'QC' } })[0]).toBe('America/Toronto');
  });

  it('is the default where nothing is known', () => {
    const because = 'the default of the playbook, as neither its time zone nor its country is known';
    expect(of({})).toEqual(['Europe/Berlin', because]);
    expect(of({ country: 'XX', attributes: null })).toEqual(['Europe/Berlin', because]);
  });
});

it.each([
  [{ region: 'CA', state: 'open' }, 'US', 'CA'],
  [{ region: null, state: 'US-CA' }, 'US', 'CA'],
  [{ region: 'Bayern' }, null, 'Bayern'],
  [{ region: 'US-CA' }, 'MX', 'US-CA'],
  [{ region: 7, state: 'CA' }, 'US', null],
  [{}, 'US', null],
])('the region of a lead with %j in %s is %s', (attributes, country, region) => {
  expect(regionOf({ attributes, country })).toBe(region);
});
