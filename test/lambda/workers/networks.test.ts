import { describe, expect, it } from 'vitest';

import { isNetwork, Networks } from '../../../lambda/workers/networks.ts';

describe('a key of these networks is admitted from this address', () => {
  it.each([
    { networks: [], address: '203.0.113.7', admitted: true },
    { networks: [], address: undefined, admitted: true },
    { networks: [], address: 'unknown', admitted: true },
    { networks: ['10.0.0.0/8'], address: '10.0.0.0', admitted: true },
    { networks: ['10.0.0.0/8'], address: '10.255.255.255', admitted: true },
    { networks: ['10.0.0.0/8'], address: '11.0.0.0', admitted: false },
    { networks: ['10.0.0.0/8'], address: '9.255.255.255', admitted: false },
    { networks: ['203.0.113.64/26'], address: '203.0.113.127', admitted: true },
    { networks: ['203.0.113.64/26'], address: '203.0.113.128', admitted: false },
    { networks: ['203.0.113.7/32'], address: '203.0.113.7', admitted: true },
    { networks: ['203.0.113.7/32'], address: '203.0.113.6', admitted: false },
    { networks: ['203.0.113.7/32'], address: '203.0.113.8', admitted: false },
    { networks: ['0.0.0.0/0'], address: '255.255.255.255', admitted: true },
    { networks: ['0.0.0.0/0'], address: '2001:db8::1', admitted: false },
    { networks: ['2001:db8::/32'], address: '2001:db8:ffff::1', admitted: true },
    { networks: ['2001:db8::/32'], address: '2001:DB8:0:0:0:0:0:1', admitted: true },
    { networks: ['2001:db8::/32'], address: '2001:db9::', admitted: false },
    { networks: ['2001:db8::/33'], address: '2001:db8:7fff::', admitted: true },
    { networks: ['2001:db8::/33'], address: '2001:db8:8000::', admitted: false },
    { networks: ['2001:db8::1/128'], address: '2001:db8::1', admitted: true },
    { networks: ['2001:db8::1/128'], address: '2001:db8::2', admitted: false },
    { networks: ['::/0'], address: 'ffff::1', admitted: true },
    { networks: ['::/0'], address: '203.0.113.7', admitted: false },
    { networks: ['::/80'], address: '203.0.113.7', admitted: false },
    { networks: ['0.0.0.0/0', '::/0'], address: '203.0.113.7', admitted: true },
    { networks: ['0.0.0.0/0', '::/0'], address: 'fe80::1', admitted: true },
    { networks: ['10.0.0.0/8', '2001:db8::/32'], address: '10.1.2.3', admitted: true },
    { networks: ['10.0.0.0/8', '2001:db8::/32'], address: '2001:db8::1', admitted: true },
    { networks: ['10.0.0.0/8', '2001:db8::/32'], address: '192.0.2.1', admitted: false },
  ])('$networks, $address: $admitted', ({ networks, address, admitted }) => {
    expect(new Networks(networks).admit(address)).toBe(admitted);
  });

  it.each([
    { networks: ['10.0.0.0/8'], address: '::ffff:10.1.2.3', admitted: true },
    { networks: ['10.0.0.0/8'], address: '::ffff:a01:203', admitted: true },
    { networks: ['10.0.0.0/8'], address: '0:0:0:0:0:FFFF:10.1.2.3', admitted: true },
    { networks: ['10.0.0.0/8'], address: '::ffff:11.0.0.1', admitted: false },
    { networks: ['203.0.113.7/32'], address: '::ffff:203.0.113.7', admitted: true },
    { networks: ['203.0.113.7/32'], address: '::ffff:203.0.113.8', admitted: false },
    { networks: ['0.0.0.0/0'], address: '::ffff:10.1.2.3', admitted: true },
    { networks: ['::/0'], address: '::ffff:10.1.2.3', admitted: false },
    { networks: ['10.0.0.0/8'], address: '::10.1.2.3', admitted: false },
    { networks: ['10.0.0.0/8'], address: '::fffe:10.1.2.3', admitted: false },
    { networks: ['10.0.0.0/8'], address: '64:ff9b::10.1.2.3', admitted: false },
  ])('an IPv4 address in the form of IPv6: $networks, $address: $admitted', ({ networks, address, admitted }) => {
    expect(new Networks(networks).admit(address)).toBe(admitted);
  });

  it.each([
    undefined,
    '',
    'unknown',
    '-',
    '10.1.2',
    '010.1.2.3',
    '10.1.2.3 ',
    '10.1.2.3:443',
    '10.1.2.3/32',
    'fe80::1%eth0',
    '[::1]',
  ])('any, if the address is %j: never', (address) => {
    expect(new Networks(['0.0.0.0/0', '::/0']).admit(address)).toBe(false);
  });
});

describe('a network', () => {
  it.each([
    '0.0.0.0/0',
    '10.0.0.0/8',
    '10.1.2.2/31',
    '128.0.0.0/1',
    '10.1.2.3/32',
    '::/0',
    '1::/16',
    '1:2:3:4:5:6:7:8/128',
    '1:2:3:4:5:6:7::/112',
    '::1:0/112',
    '2001:db8::/32',
    '2001:db8::1/128',
    '::1/128',
  ])('may be %j', (text) => {
    expect(isNetwork(text)).toBe(true);
  });

  it.each([
    '',
    '/',
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/8.0',
    '10.0.0.0/8 ',
    '10.0.0.0/255.0.0.0',
    '10.0.0/8',
    '010.0.0.0/8',
    '256.0.0.0/8',
    '::/129',
    '::/1e1',
    ':::/0',
    'fe80::%eth0/64',
    '2001:DB8::/32',
    '[::]/0',
    '10.1.2.3/8',
    '10.0.0.1/31',
    '128.0.0.0/0',
    '2001:db8::1/127',
    '2001:db8:1::/32',
    '1::/15',
    '1:2:3:4:5:6:7:9/127',
    '64:ff9b::10.0.0.0/104',
    '::ffff:10.0.0.0/104',
    '::ffff:a00:0/104',
    'localhost/8',
    '*',
    '10.0.0.0/8\n',
  ])('may not be %j', (text) => {
    expect(isNetwork(text)).toBe(false);
  });
});
