import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Marker, readMarker, writeMarker } from '../../src/proposal/marker.ts';
import { NOW, proposal } from './sample.ts';

const APP = 'offbeat[bot]';
const marker: Marker = { version: 1, repositoryId: 42, decisionId: 'd-1', at: NOW, moves: proposal().moves };

describe('the marker', () => {
  it('is read back from any body and any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'grapheme' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (path, body, benefit) => {
          const value: Marker = {
            ...marker,
            moves: marker.moves.map((move) => ({
              ...move,
              path,
              evidence: { reason: 'lateness', benefit: benefit === 0 ? 0 : benefit, runsSeen: 3 },
            })),
          };
          const written = writeMarker(value);
          expect(written).not.toMatch(/[\r\n]/);
          // Nothing inside ends the comment, so the whole of it stays unseen.
          expect(written.indexOf('-->')).toBe(written.length - 3);
          const text = body.replaceAll('<!--', '');
          expect(readMarker(`${text}\n\n${written}\n${text}`, APP, APP)).toEqual(
            JSON.parse(JSON.stringify(value)),
          );
        },
      ),
    );
  });

  const written = writeMarker(marker);
  const untrusted: readonly (readonly [string, string | null, string, string])[] = [
    ['another author', written, 'mallory', APP],
    ['a person named like the App', written, 'offbeat', APP],
    ['nobody known as the App', written, '', ''],
    ['no body', null, APP, APP],
    ['no marker', 'hello', APP, APP],
    ['two markers', `${written}\n${written}`, APP, APP],
    ['broken JSON', '<!-- offbeat:state {"version":1,} -->', APP, APP],
    ['another version', written.replace('"version":1', '"version":9'), APP, APP],
    ['a wrong type', written.replace('"repositoryId":42', '"repositoryId":"42"'), APP, APP],
  ];

  it.each(untrusted)('is ignored where it cannot be trusted: %s', (_, body, author, app) => {
    expect(readMarker(body, author, app)).toBeNull();
  });
});
