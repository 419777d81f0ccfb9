// Small files of keepalived, into which tests put their own pieces.

/** An instance with what tests say of it. */
export const instance = (inside: string, name = "VI_1"): string =>
  `vrrp_instance ${name} {\n interface eth0\n virtual_ipaddress {\n  10.0.1.1\n }\n${inside}\n}\n`;

/** The same, with who is who. */
export const unicast = (own: string, peer: string, more = ""): string =>
  instance(` unicast_src_ip ${own}\n unicast_peer {\n  ${peer}\n }\n${more}`);

/** The files of two hosts. */
export const pair = (more = "", moreOfB = more) => ({
  a: unicast("10.0.0.1", "10.0.0.2", more),
  b: unicast("10.0.0.2", "10.0.0.1", moreOfB),
});

/** One file with two instances, A with 10.0.1.1 and B with 10.0.1.2. */
export const twoInstances = (ofA: string, ofB: string): string =>
  unicast("10.0.0.1", "10.0.0.2", ofA).replace("VI_1", "A") +
  unicast("10.0.0.1", "10.0.0.2", ofB).replace("VI_1", "B").replace("10.0.1.1", "10.0.1.2");
