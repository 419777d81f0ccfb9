// Why keywords of keepalived.conf have no counterpart, and what to do instead. A reason of null: the keyword is read.
// The whole text of a remark is one of these sentences, so that it can be told what was looked at.

type Reason = string | null;

const spread = (words: string, reason: Reason): readonly (readonly [string, Reason])[] =>
  words.trim().split(/\s+/).map((word) => [word, reason] as const);

const mail =
  "no mail is sent: let your monitoring watch the exit code of molehill status, or send it from a hook";
const snmp = "there is no SNMP or D-Bus: ask molehill status --json, or the control socket";
const lvs = "Molehill is no load balancer: let keepalived go on for this alone (keepalived --check)";
const process =
  "belongs to keepalived's own processes; give nice, limits and the like in the unit of systemd";
const garp = "announcements are built in: at once, then after 50 ms, 200 ms, 1, 2 and 5 s";
const vrrp = "belongs to VRRP's own messages, which are not spoken here";
const scriptKeys = "scripts are run by hooks and checks, which say themselves what they run as";
const firewall = "there is no address that must not answer: a VIP is a plain address of its holder";
const routes =
  "only addresses move: let a hook add and remove it (acquire, release), or set it on every host for good";
const vmac = "VIPs have no hardware address of their own: neighbours are told when one moves";
const startup = "run it from the unit of systemd (ExecStartPre, ExecStopPost)";

/** Blocks and keywords outside of any block. */
export const blockReasons: ReadonlyMap<string, string> = new Map<string, string>([
  ...spread("virtual_server virtual_server_group SSL", lvs) as readonly (readonly [string, string])[],
  ["bfd_instance", "BFD is not spoken: hosts notice each other's death by heartbeats"],
  ["static_ipaddress", "addresses that stay belong to the network configuration of the host"],
  ["static_routes", "routes that stay belong to the network configuration of the host"],
  ["static_rules", "rules that stay belong to the network configuration of the host"],
  ["track_group", "it only belongs to static addresses, routes and rules"],
  ["garp_group", "announcements are paced by themselves; see throttle of [notify] for targets"],
  ["linkbeat_interfaces", "the kernel tells of lost links by itself"],
  ["linkbeat_use_polling", "the kernel tells of lost links by itself"],
  [
    "interface_up_down_delays",
    "a link counts as up again two heartbeats after it is back; there is no other delay",
  ],
  [
    "net_namespace",
    "run the whole daemon in it: ip netns exec NAME molehill run, or NetworkNamespacePath= of systemd",
  ],
  ["net_namespace_ipvs", lvs],
  ["namespace_with_ipsets", process],
  ["instance", "give --runtime-dir DIR to a second daemon on a host"],
  ["use_pid_dir", process],
  ["child_wait_time", process],
]);

/** In global_defs. */
export const globalReasons: ReadonlyMap<string, Reason> = new Map<string, Reason>([
  ["router_id", null],
  ["script_user", null],
  ["vrrp_garp_master_refresh", null],
  ...spread(
    `notification_email notification_email_from smtp_server smtp_helo_name smtp_connect_timeout smtp_alert
     smtp_alert_vrrp smtp_alert_checker no_email_faults no_checker_emails`,
    mail,
  ),
  ...spread(
    `snmp_socket enable_traps enable_snmp_vrrp enable_snmp_keepalived enable_snmp_rfc enable_snmp_rfcv2
     enable_snmp_rfcv3 enable_snmp_checker snmp_vs_stats_update_interval snmp_rs_stats_update_interval enable_dbus
     dbus_service_name dbus_no_interface_name`,
    snmp,
  ),
  ...spread(
    `lvs_timeouts lvs_flush lvs_flush_on_stop lvs_flush_onstop lvs_sync_daemon lvs_notify_fifo lvs_notify_fifo_script
     checker_log_all_failures checker_priority checker_no_swap checker_rt_priority checker_cpu_affinity
     checker_rlimit_rttime checker_rlimit_rtime lvs_netlink_cmd_rcv_bufs lvs_netlink_cmd_rcv_bufs_force
     lvs_netlink_monitor_rcv_bufs lvs_netlink_monitor_rcv_bufs_force rs_init_notifies nftables_ipvs
     nftables_ipvs_priority nftables_ipvs_start_fwmark`,
    lvs,
  ),
  ...spread(
    `process_names process_name vrrp_process_name checker_process_name lvs_process_name bfd_process_name
     use_symlink_paths set_supplementary_groups vrrp_priority vrrp_no_swap vrrp_rt_priority vrrp_cpu_affinity
     vrrp_rlimit_rttime vrrp_rlimit_rtime bfd_priority bfd_no_swap bfd_rt_priority bfd_cpu_affinity
     bfd_rlimit_rttime bfd_rlimit_rtime vrrp_netlink_cmd_rcv_bufs vrrp_netlink_cmd_rcv_bufs_force
     vrrp_netlink_monitor_rcv_bufs vrrp_netlink_monitor_rcv_bufs_force process_monitor_rcv_bufs
     process_monitor_rcv_bufs_force vrrp_rx_bufs_policy vrrp_rx_bufs_multiplier umask random_seed config_save_dir
     tmp_config_directory data_use_instance json_version iproute_usr_dir iproute_etc_dir state_dump_file
     stats_dump_file json_dump_file include_check reload_check_config reload_time_file reload_repeat reload_file`,
    process,
  ),
  ...spread(
    `vrrp_garp_master_delay vrrp_garp_master_repeat vrrp_garp_master_refresh_repeat vrrp_garp_lower_prio_delay
     vrrp_garp_lower_prio_repeat vrrp_garp_interval vrrp_gna_interval vrrp_min_garp vrrp_garp_extra_if`,
    garp,
  ),
  ...spread(
    `vrrp_mcast_group4 vrrp_mcast_group6 vrrp_version vrrp_check_unicast_src vrrp_skip_check_adv_addr vrrp_strict
     vrrp_lower_prio_no_advert vrrp_higher_prio_send_advert v3_checksum_as_v2 disable_local_igmp max_auto_priority
     min_auto_priority_delay log_unknown_vrids vrrp_owner_ignore_adverts vrrp_down_timer_adverts`,
    vrrp,
  ),
  ...spread(
    "vrrp_iptables vrrp_ipsets nftables nftables_priority nftables_ifindex nftables_counters",
    firewall,
  ),
  ...spread("vmac_prefix vmac_addr_prefix vrrp_vmac_garp_intvl", vmac),
  ...spread("startup_script startup_script_timeout shutdown_script shutdown_script_timeout", startup),
  ...spread(
    "vrrp_startup_delay vrrp_delay_after_boot",
    "a group that starts cold waits for mature, of [timing]",
  ),
  ...spread(
    `notify_fifo notify_fifo_script vrrp_notify_fifo vrrp_notify_fifo_script vrrp_notify_priority_changes
     fifo_write_vrrp_states_on_reload`,
    "there is no pipe of events: use hooks, or follow molehill status --json",
  ),
  ["enable_script_security", scriptKeys],
  ["dynamic_interfaces", "interfaces that come and go are always followed"],
  ["default_interface", "each VIP names its interface"],
]);

const instanceAndGroup: readonly (readonly [string, Reason])[] = [
  ...spread(
    "track_script track_process track_file track_interface track_bfd notify notify_master notify_backup notify_fault notify_stop",
    null,
  ),
  ["smtp_alert", mail],
  ["notify_priority_changes", "there are no priorities that could change"],
  ["notify_deleted", "a VIP that is gone from the file is released: the hook release is run"],
];

/** In a vrrp_instance. */
export const instanceReasons: ReadonlyMap<string, Reason> = new Map<string, Reason>([
  ...instanceAndGroup,
  ...spread(
    `state interface virtual_router_id priority advert_int down_timer_adverts unicast_src_ip mcast_src_ip
     unicast_peer virtual_ipaddress virtual_ipaddress_excluded nopreempt garp_master_refresh`,
    null,
  ),
  ["preempt", null],
  [
    "authentication",
    "the password is not taken over: datagrams are signed with the secret of key_file, which is stronger and needs to be made",
  ],
  ["auth_hmac", "datagrams are signed with the secret of key_file: put a new one there"],
  [
    "preempt_delay",
    "a host that is back takes its share in the next round of [balance]; one that comes and goes is given no more",
  ],
  ...spread("use_vmac use_vmac_addr vmac_xmit_base use_ipvlan vmac_garp_intvl", vmac),
  ...spread("virtual_routes virtual_rules", routes),
  ...spread("accept no_accept", firewall),
  ...spread(
    `garp_master_delay garp_master_repeat garp_master_refresh_repeat garp_lower_prio_delay garp_lower_prio_repeat
     garp_extra_if`,
    garp,
  ),
  ...spread(
    `native_ipv6 vrf mcast_dst_ip version check_unicast_src unicast_ttl unicast_fault_no_peer old_unicast_checksum
     lower_prio_no_advert higher_prio_send_advert v3_checksum_as_v2 skip_check_adv_addr strict_mode debug
     kernel_rx_buf_size owner_ignore_adverts timer_expired_backup thread_timer_expired`,
    vrrp,
  ),
  [
    "dont_track_primary",
    "a host whose interface of a VIP has no link does not hold that VIP; this cannot be turned off",
  ],
  ["track_src_ip", "a host that lost its own address gives its VIPs up, always"],
  [
    "promote_secondaries",
    "VIPs are single addresses, /32 or /128, so that the end of one takes no other along",
  ],
  ["no_virtual_ipaddress", "an instance without an address has nothing to move"],
  ["linkbeat_use_polling", "the kernel tells of lost links by itself"],
  ["lvs_sync_daemon_interface", lvs],
  [
    "notify_master_rx_lower_pri",
    "after a merge the holder that stays announces again; there is no event for it",
  ],
]);

/** In a vrrp_sync_group. */
export const groupReasons: ReadonlyMap<string, Reason> = new Map<string, Reason>([
  ...instanceAndGroup,
  ["group", null],
  ["global_tracking", "what the group itself tracks is looked at"],
  ["sync_group_tracking_weight", "there are no priorities that a weight could change"],
]);

/** In a vrrp_script, vrrp_track_process or track_file. */
export const scriptReasons: ReadonlyMap<string, Reason> = new Map<string, Reason>([
  ...spread("script process file interval timeout rise fall weight user", null),
  ["init_fail", "there is no such setting of a check"],
  [
    "init_file",
    "a file that is not there counts as 0; write another number yourself before the daemon starts",
  ],
  ...spread(
    "param_match full_command quorum quorum_max delay fork_delay terminate_delay",
    "a process is looked for by its name alone; write a script for more, and use it as exec",
  ),
]);
