// How large a group may be. The configuration is refused above these limits, so that whatever is configured
// also fits into a message; and a message above them is refused before it costs memory.

/** Hosts of one group. */
export const HOSTS_MAX = 1_024;
/** VIPs of one group. */
export const VIPS_MAX = 16_384;
/** Bytes of one name in UTF-8: of a group, a host, a VIP, and of a configuration's digest. */
export const NAME_BYTES_MAX = 255;
/** Bytes of what a setting says, in UTF-8, as it travels. */
export const SETTING_BYTES_MAX = 1_024;
/** Neighbours that a host tells the others of. */
export const NEIGHBOURS_MAX = 1_024;
/** Neighbours in one message: with names of usual length, and all of IPv6, it is still one datagram. */
export const NEIGHBOURS_PER_MESSAGE_MAX = 48;
/** Bytes of an interface's name: the kernel's IFNAMSIZ, without the zero at the end. */
export const INTERFACE_BYTES_MAX = 15;
/** Health checks of one configuration. */
export const CHECKS_MAX = 64;
/** Of all checks that fail in a group so many are told to everybody, if there are no more hosts that fail one. */
export const FAILING_TOLD_MAX = 128;
/** Characters that everybody is told of why checks fail, in all. */
export const PROBLEMS_TOLD_MAX = 8_192;
/** VIPs that everybody is told of for failing checks, and so many because members cannot hold them, in all. */
export const VIPS_TOLD_MAX = 1_024;
/** Settings of a configuration besides its hosts. */
export const SETTINGS_MAX = 4_096;
/** Words of one host that no view has said yet. */
export const WORDS_OPEN_MAX = 16;
/** Words that reports and views carry. */
export const WORDS_SAID_MAX = 64;
/** Bytes of an operator's message, and of a reason, in UTF-8: 1,000 characters of three bytes. */
export const MESSAGE_BYTES_MAX = 3_072;
