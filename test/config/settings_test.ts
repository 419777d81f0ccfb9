// Settings are what two files are compared by, name by name.

import assert from "node:assert/strict";
import { configurationOf, SMALL_FILE, smallFile } from "./small_file.ts";

const settingsOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(configurationOf(text).group.settings.map(({ name, value }) => [name, value]));

Deno.test("the settings say all that the file says besides its VIPs, with what goes without saying", () => {
  assert.deepEqual(settingsOf(SMALL_FILE), {
    "balance.interval": "4s",
    "balance.moves_per_round": "all",
    "host test00": "lan 192.168.9.160, weight 1",
    "host test01": "lan 192.168.9.161, weight 1",
    "key_file": "/etc/molehill/key",
    "log.file": "none",
    "log.keep": "5",
    "log.level": "info",
    "log.max_size": "10MB",
    "log.syslog": "off",
    "name": "tudou",
    "notify.announcer": "raw",
    "notify.arp_cache": "off",
    "notify.arp_cache_throttle": "128",
    "notify.refresh": "off",
    "notify.targets": "none",
    "partition": "serve",
    "segment lan": "unicast port 4803",
    "timing.heartbeat": "100ms",
    "timing.lease": "3s",
    "timing.mature": "5s",
    "timing.timeout": "500ms",
  });
});

Deno.test("every hook is a setting, with all that its table says", () => {
  const settings = settingsOf(smallFile(
    {},
    '[hooks]\nuser = "nobody"\nacquire = [{ command = ["/a.sh", "b c"], vips = ["web-a"], batch = true }, ' +
      '{ command = ["/b.sh"], user = "root", timeout = "1s" }]\nbefore_acquire = { command = ["/c.sh"] }\n',
  ));
  assert.deepEqual([settings["hooks.acquire"], settings["hooks.before_acquire"], settings["hooks.view"]], [
    '["/a.sh","b c"], user nobody, timeout 5s, VIPs web-a, batch; ["/b.sh"], user root, timeout 1s',
    '["/c.sh"], user nobody, timeout 2s, on_failure refuse',
    undefined,
  ]);
});

Deno.test("the settings are sorted by name", () => {
  const names = configurationOf(SMALL_FILE).group.settings.map(({ name }) => name);
  assert.deepEqual(names, names.toSorted());
});

Deno.test("the settings are told in words that a person finds in the file", () => {
  const text = smallFile(
    {
      'key_file = "/etc/molehill/key"\n': "",
      'mode = "unicast"': 'mode = "broadcast"\naddress = "192.168.255.255"',
      'name = "test00"': 'name = "test00"\nweight = 2\ninterfaces = { eth1 = "ens4", eth0 = "ens3" }',
    },
    '[timing]\nlease = "off"\n[balance]\nmoves_per_round = 2\n[notify]\narp_cache = "90s"\narp_cache_throttle = 9\n' +
      'targets = [{ address = "192.168.8.1", interface = "eth0" }, ' +
      '{ address = "192.168.7.0/24", interface = "eth0", throttle = 9, ping = true }]\n',
  );
  const settings = settingsOf(text);
  const told = ["key_file", "segment lan", "host test00", "timing.lease", "balance.moves_per_round"];
  assert.deepEqual(told.map((name) => settings[name]), [
    "none",
    "broadcast 192.168.255.255 port 4803",
    "lan 192.168.9.160, weight 2, eth0 = ens3, eth1 = ens4",
    "off",
    "2",
  ]);
  const log = settingsOf(smallFile({}, '[log]\nfile = "/l/%h"\nmax_size = "2500KB"\nsyslog = true\n'));
  assert.deepEqual([log["log.file"], log["log.max_size"], log["log.syslog"]], ["/l/%h", "2500KB", "daemon"]);
  const notify = ["notify.arp_cache", "notify.arp_cache_throttle", "notify.targets"];
  assert.deepEqual(notify.map((name) => settings[name]), [
    "90s",
    "9",
    "192.168.8.1/32 on eth0, throttle 128; 192.168.7.0/24 on eth0, throttle 9, ping",
  ]);
});
