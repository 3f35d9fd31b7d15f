/*
 * The plan's arithmetic and its settings. Every line has its reason, since whoever has to answer for the server reads the file, not us.
 */
#include "posture/plan.h"

#include "base/str.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MIB (INT64_C(1) << 20)
#define ENTRY_EXTRA 640       /* bytes of an entry's other fields and of its place in the stream */
#define BASE_BYTES (64 * MIB) /* an empty server, its clients and its AOF buffer */
#define SECONDS_A_DAY 86400
#define BATCH_MIN 100
#define BATCH_MAX 1000

const char *const plan_fsyncs[] = { "always", "everysec", NULL };

static int64_t whole_mib(int64_t bytes)
{
	return (bytes + MIB - 1) / MIB * MIB;
}

/*
 * The cap is twice what the retention comes to, so that the workers may be away for that long before anything is refused. What an entry takes was
 * measured by MEMORY USAGE on Redis 7.0.15, with 14 fields and 200 to 65,000 bytes of data, in nodes of 4096 bytes: from 549 to 65,885 bytes; 5/4 of the
 * data and 640 bytes is more than each of them (jemalloc rounds up by a quarter at most). maxmemory is a quarter above a stream at its cap, for
 * dead letters, what is pending, and clients. A fork that rewrites the AOF may need as much again while everything changes
 * (https://redis.io/docs/latest/operate/oss_and_stack/management/admin/).
 */
static void compute_sizes(struct plan *p)
{
	const struct plan_needs *n = &p->needs;
	p->entries = n->events_per_day * n->retention_days;
	p->max_len = 2 * p->entries;
	p->entry_bytes = (n->event_bytes + ENTRY_EXTRA) * 5 / 4;
	p->maxmemory = whole_mib(p->max_len * p->entry_bytes / 4 * 5 + BASE_BYTES);
	p->host_memory = 2 * p->maxmemory;
}

static void add(struct plan_lines *l, const char *name, const char *reason, const char *format, ...) __attribute__((format(printf, 4, 5)));

static void add(struct plan_lines *l, const char *name, const char *reason, const char *format, ...)
{
	struct plan_line *line = &l->v[l->n++];
	va_list args;
	line->name = name;
	line->reason = reason;
	va_start(args, format);
	vsnprintf(line->value, sizeof line->value, format, args);
	va_end(args);
}

static void add_transport(struct plan *p)
{
	struct plan_lines *l = &p->settings;
	add(l, "bind", "reached from other hosts: each client shows a certificate and a password, and a firewall says who may try", "* -::*");
	add(l, "protected-mode", "if the users below were lost, nobody from another host gets in", "yes");
	add(l, "port", "nothing is said in plain text: 45 CFR 164.312(e)(1)", "0");
	add(l, "tls-port", "the one port that is open", "%s", p->needs.port ? p->needs.port : "6379");
	add(l, "tls-cert-file", "who the server is; its host name must be in it", "/etc/redis/tls/redis.crt");
	add(l, "tls-key-file", "mode 0400, owned by the server's user", "/etc/redis/tls/redis.key");
	add(l, "tls-ca-cert-file", "a CA of your own, for this server and its clients alone", "/etc/redis/tls/ca.crt");
	add(l, "tls-auth-clients", "a stolen password alone opens nothing", "yes");
	add(l, "tls-protocols", "nothing older than TLS 1.2", "\"TLSv1.2 TLSv1.3\"");
}

static void add_access(struct plan *p)
{
	struct plan_lines *l = &p->settings;
	add(l, "include", "the users: what ros-bus config --format acl prints; mode 0640", "/etc/redis/users.acl");
	add(l, "databases", "no more than are used: rights are for a key in every database", "%d", p->needs.db + 1);
	add(l, "enable-protected-configs", "nobody who got in moves the files or the rights", "no");
	add(l, "enable-debug-command", "DEBUG can crash the server", "no");
	add(l, "enable-module-command", "MODULE LOAD runs foreign code", "no");
	add(l, "acllog-max-len", "who was refused what, for ros-bus audit: 45 CFR 164.308(a)(5)(ii)(C)", "1024");
	add(l, "slowlog-log-slower-than", "what took longer than 10 ms is noted", "10000");
	add(l, "slowlog-max-len", "and so many of them are kept; their arguments may show data to who reads the slow log", "256");
}

static void add_keeping(struct plan *p)
{
	struct plan_lines *l = &p->settings;
	bool always = strcmp(p->needs.fsync, "always") == 0;
	add(l, "dir", "on an encrypted volume: the server writes in plain text. 45 CFR 164.312(a)(2)(iv)", "/var/lib/redis");
	add(l, "appendonly", "without it a crash loses what was confirmed since the last snapshot", "yes");
	add(l, "appendfsync",
	    always ? "confirmed means on disk: a crash loses nothing that a producer was told is kept"
	           : "a crash loses up to a second of what was confirmed; the report names what is missing, nothing brings it back",
	    "%s", p->needs.fsync);
	add(l, "no-appendfsync-on-rewrite", "the promise holds while the AOF is rewritten, too", "no");
	add(l, "save", "a snapshot an hour: dump.rdb is the file that a backup copies away", "3600 1");
}

static void add_memory(struct plan *p)
{
	struct plan_lines *l = &p->settings;
	add(l, "maxmemory", "a stream at its cap and a quarter more; the host needs twice that, and vm.overcommit_memory = 1", "%" PRId64 "mb",
	    p->maxmemory / MIB);
	add(l, "maxmemory-policy", "full means refused, and producers queue on their disks; an evicted stream would be lost", "noeviction");
	add(l, "stream-node-max-bytes", "what an entry takes was measured with it", "4096");
	add(l, "stream-node-max-entries", "and with this", "100");
}

/* With one replica its loss stops writing, with more one may be away. */
static void add_replication(struct plan *p)
{
	struct plan_lines *l = &p->settings;
	int64_t replicas = p->needs.replicas, wanted = replicas > 1 ? replicas - 1 : replicas;
	add(l, "min-replicas-to-write",
	    replicas > 0 ? "no write is taken that no replica gets: producers queue on their disks meanwhile"
	                 : "there is no replica: what this host's disk loses before it is recorded is lost",
	    "%" PRId64, wanted);
	if (replicas == 0)
		return;
	add(l, "min-replicas-max-lag", "a replica that was silent for longer counts as away", "10");
	add(l, "repl-backlog-size", "an hour of events, so that a replica that was away takes up where it was", "%" PRId64 "mb",
	    whole_mib(p->needs.events_per_day / 24 * p->entry_bytes + 16 * MIB) / MIB);
	add(l, "tls-replication", "copies travel encrypted as well", "yes");
	add(l, "masteruser", "as a replica, with `replicaof` and `masterauth` in a file of mode 0400 that is included", "ros-replica");
}

static void add_variables(struct plan *p)
{
	struct plan_lines *l = &p->variables;
	int64_t burst = p->needs.events_per_day * 10 / SECONDS_A_DAY;
	add(l, "ROS_REQUIRE_TLS", "a URL without TLS is a mistake, and is refused", "1");
	add(l, "INSIGHTS_STREAM_NAME", "the key that the access list names", "%s", p->needs.stream);
	add(l, "INSIGHTS_CONSUMER_GROUP", "one group: each event is recorded once", "%s", p->needs.group);
	add(l, "INSIGHTS_MAX_LEN", "the cap: twice what the retention comes to; ros-bus info warns at 80 %", "%" PRId64, p->max_len);
	add(l, "INSIGHTS_BATCH_SIZE", "entries a read: a second of ten times the mean, within 100 and 1000", "%" PRId64,
	    burst < BATCH_MIN ? BATCH_MIN : burst > BATCH_MAX ? BATCH_MAX : burst);
	add(l, "INSIGHTS_BLOCK_TIMEOUT_MS", "a read waits so long for the first entry; a connection that died is noticed then", "5000");
}

/* Bytes that mean something in an access list, or in a pattern for keys. */
static int check_name(const char *what, const char *name, struct err *e)
{
	size_t good = strcspn(name, "*?[]\\()\"'");
	return name[good] ? err_set(e, ROS_CONFIG, "the name of the %s cannot stand in an access list: it has a '%c'", what, name[good]) : 0;
}

int plan_make(struct plan *p, const struct plan_needs *needs, struct err *e)
{
	if (check_name("stream", needs->stream, e) < 0)
		return -1;
	*p = (struct plan){ .needs = *needs };
	compute_sizes(p);
	add_transport(p);
	add_access(p);
	add_keeping(p);
	add_memory(p);
	add_replication(p);
	add_variables(p);
	plan_add_users(p);
	return 0;
}
