import { describe, expect, it } from 'vitest';
import { NftScanner } from '../../../../grammar/nft/scanner.ts';
import { endOfFile, labelOf } from '../../../../grammar/nft/tokens.ts';

function scan(text: string): string[] {
  const scanner = new NftScanner({ name: 'test', text });
  const found: string[] = [];
  for (let token = scanner.next(); token.tokenType !== endOfFile; token = scanner.next()) {
    found.push(`${labelOf(token.tokenType)}:${token.image}`);
  }
  return found;
}

describe('words', () => {
  it.each([
    ['service-AB12-ns/svc/tcp/dns-tcp', ['string:service-AB12-ns/svc/tcp/dns-tcp']],
    ['eth*', ['wildcard string:eth*']],
    ['eth\\*', ['wildcard string:eth\\*']],
    ['"with \\ no escapes"', ['quoted string:with \\ no escapes']],
    ['22x', ['number:22', 'string:x']],
    ['1d2h5ms', ['string:1d2h5ms']],
    ['0x10 010 08', ['number:16', 'number:8', 'string:08']],
    ['18446744073709551616', ['string:18446744073709551616']],
    ['10.0.0.1-10.0.0.2', ['string:10.0.0.1', '-:-', 'string:10.0.0.2']],
    ['fe80::1/64', ['string:fe80::1', '/:/', 'number:64']],
    ['[::1]:80', ['string:::1', ':::', 'number:80']],
    ['aa:bb:cc:dd:ee:ff', ['string:aa:bb:cc:dd:ee:ff']],
    ['22:accept', ['number:22', ':::', 'accept:accept']],
    ['1:2 ', ['string:1:2']],
    ['and or xor', ['&:and', '|:or', '^:xor']],
  ])('%s', (text, tokens) => {
    expect(scan(text)).toEqual(tokens);
  });
});

describe('scopes', () => {
  it('knows words only behind the one that opens their scope', () => {
    expect(scan('saddr ip saddr')).toEqual(['string:saddr', 'ip:ip', 'saddr:saddr']);
  });

  it('ends words behind limit rate where a unit ends', () => {
    expect(scan('limit rate 5 mbytes/second')).toEqual([
      ...['limit:limit', 'rate:rate', 'number:5', 'mbytes:mbytes', '/:/', 'second:second'],
    ]);
  });
});

describe('comments', () => {
  it('swallows the line end of a line that is all comment', () => {
    expect(scan('# one\nx # two\ny')).toEqual(['string:x', 'newline:\n', 'string:y']);
  });

  it('takes a comment without a line end for junk, as nft does', () => {
    expect(scan('x #')).toEqual(['string:x', 'junk:#']);
  });

  it('goes on behind a backslash at the line end', () => {
    expect(scan('a \\\n b')).toEqual(['string:a', 'string:b']);
  });
});
