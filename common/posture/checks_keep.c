/* What a crash, a full memory or an old version of a server costs. */
#include "base/timefmt.h"
#include "posture/audit.h"
#include "posture/vulnerable.h"

#include <inttypes.h>

#define OLDEST_VERSION "7.0.0" /* whose commands the bus needs */
#define BACKUP_MS TIME_DAY_MS

/* --- what is kept --- */

static bool is_appending(const struct posture *f)
{
	return str_is(posture_config(f, "appendonly"), "yes");
}

static enum check_state persistence(const struct posture *f, struct finding *out)
{
	finding_config(out, f, "appendonly");
	return check_found(!is_appending(f));
}

static enum check_state fsync_policy(const struct posture *f, struct finding *out)
{
	struct str policy = posture_config(f, "appendfsync");
	finding_config(out, f, "appendonly");
	finding_config(out, f, "appendfsync");
	if (str_is(policy, "no"))
		out->severity = SEVERITY_HIGH;
	return check_found(is_appending(f) && !str_is(policy, "always"));
}

static enum check_state last_write(const struct posture *f, struct finding *out)
{
	static const char *const names[] = { "aof_last_write_status", "aof_last_bgrewrite_status", "rdb_last_bgsave_status" };
	bool failed = false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		finding_info(out, f, names[i]);
		failed |= posture_info(f, names[i]).p && !str_is(posture_info(f, names[i]), "ok");
	}
	return check_found(failed);
}

/* rdb_last_save_time is when the server started, where nothing was saved since. */
static enum check_state backup(const struct posture *f, struct finding *out)
{
	char time[TIME_TEXT];
	int64_t saved = posture_info_int(f, "rdb_last_save_time") * 1000;
	time_format(saved, time);
	finding_config(out, f, "save");
	buf_fmt(&out->evidence, ", last snapshot %s", time);
	finding_info(out, f, "rdb_changes_since_last_save");
	buf_z(&out->evidence, "; whether copies leave the host cannot be seen");
	return check_found(posture_config(f, "save").n == 0 || (f->now_ms - saved > BACKUP_MS && posture_info_int(f, "rdb_changes_since_last_save") > 0));
}

static enum check_state at_rest(const struct posture *f, struct finding *out)
{
	buf_z(&out->evidence, "cannot be seen from a connection: the server writes its files in plain text; what is below them must encrypt");
	finding_config(out, f, "dir");
	return CHECK_UNSEEN;
}

static enum check_state replication(const struct posture *f, struct finding *out)
{
	finding_info(out, f, "role");
	if (str_is(posture_info(f, "role"), "master")) {
		finding_info(out, f, "connected_slaves");
		return check_found(posture_info_int(f, "connected_slaves") == 0);
	}
	finding_info(out, f, "master_link_status");
	out->severity = SEVERITY_HIGH;
	return check_found(!str_is(posture_info(f, "master_link_status"), "up"));
}

static enum check_state quorum(const struct posture *f, struct finding *out)
{
	finding_info(out, f, "connected_slaves");
	finding_config(out, f, "min-replicas-to-write");
	return check_found(posture_info_int(f, "connected_slaves") > 0 && posture_config_int(f, "min-replicas-to-write") == 0);
}

/* --- memory --- */

static enum check_state eviction(const struct posture *f, struct finding *out)
{
	finding_config(out, f, "maxmemory-policy");
	return check_found(str_starts(posture_config(f, "maxmemory-policy"), "allkeys"));
}

static enum check_state memory_limit(const struct posture *f, struct finding *out)
{
	finding_config(out, f, "maxmemory");
	return check_found(posture_config_int(f, "maxmemory") == 0);
}

static enum check_state headroom(const struct posture *f, struct finding *out)
{
	int64_t most = posture_config_int(f, "maxmemory"), used = posture_info_int(f, "used_memory");
	buf_fmt(&out->evidence, "%" PRId64 " bytes used of %" PRId64, used, most);
	return check_found(most > 0 && used >= most - most / 5);
}

/* --- version --- */

static enum check_state old_version(const struct posture *f, struct finding *out)
{
	finding_info(out, f, "redis_version");
	int64_t version = version_number(posture_info(f, "redis_version"));
	return check_found(version < version_number(STR(OLDEST_VERSION)));
}

/* Other servers that speak the protocol say which Redis they are like, and have a list of their own. */
static enum check_state known_vulnerabilities(const struct posture *f, struct finding *out)
{
	struct str other = posture_info(f, "server_name");
	if (!other.p || str_is(other, "redis"))
		return vulnerable(posture_info(f, "redis_version"), &out->evidence, &out->severity);
	buf_fmt(&out->evidence, "cannot be told: the server is %.*s, and the list is of Redis", STR_ARG(other));
	return CHECK_UNSEEN;
}

const struct check keep_checks[] = {
	{ "persistence", SEVERITY_HIGH, FROM_CONFIG, "a crash loses what was confirmed since the last snapshot", "45 CFR 164.312(c)(1)",
	  "appendonly yes, appendfsync always", persistence },
	{ "fsync", SEVERITY_MEDIUM, FROM_CONFIG, "a crash may lose what was confirmed", "45 CFR 164.312(c)(1)", "appendfsync always", fsync_policy },
	{ "last-write", SEVERITY_HIGH, FROM_INFO, "the server cannot write its files", "45 CFR 164.308(a)(7)(ii)(A)", "see to the disk below `dir`, and to the server's log",
	  last_write },
	{ "backup", SEVERITY_MEDIUM, FROM_INFO | FROM_CONFIG, "there is no snapshot of the last day to copy away", "45 CFR 164.308(a)(7)(ii)(A)",
	  "save 3600 1, and copy dump.rdb to another host", backup },
	{ "encryption-at-rest", SEVERITY_NOTE, FROM_CONFIG, "whether the server's files are encrypted", "45 CFR 164.312(a)(2)(iv)",
	  "put `dir` on an encrypted volume: lsblk -f shows crypto_LUKS", at_rest },
	{ "replication", SEVERITY_MEDIUM, FROM_INFO, "there is no second copy of the stream, or it is cut off", "45 CFR 164.308(a)(7)(ii)(B)",
	  "a replica on another host", replication },
	{ "replica-quorum", SEVERITY_LOW, FROM_INFO | FROM_CONFIG, "what no replica has is confirmed, too", "45 CFR 164.308(a)(7)(ii)(B)", "min-replicas-to-write 1",
	  quorum },
	{ "eviction", SEVERITY_HIGH, FROM_CONFIG, "the server may evict the stream", "45 CFR 164.312(c)(1)", "maxmemory-policy noeviction", eviction },
	{ "memory-limit", SEVERITY_MEDIUM, FROM_CONFIG, "nothing limits the memory: the kernel may end the server", "45 CFR 164.308(a)(7)(ii)(C)",
	  "maxmemory, as ros-bus config computes it", memory_limit },
	{ "memory-headroom", SEVERITY_HIGH, FROM_INFO | FROM_CONFIG, "the memory is nearly full: soon nothing is published", "45 CFR 164.308(a)(7)(ii)(C)",
	  "ros-bus trim, more workers, or more memory", headroom },
	{ "version", SEVERITY_HIGH, FROM_INFO, "the server is older than " OLDEST_VERSION, "45 CFR 164.308(a)(1)(ii)(B)", "upgrade it", old_version },
	{ "vulnerabilities", SEVERITY_MEDIUM, FROM_INFO, "the server's version has known vulnerabilities", "45 CFR 164.308(a)(1)(ii)(B)",
	  "upgrade it; of a distribution's package, compare with dpkg -l redis-server", known_vulnerabilities },
	{ 0 },
};
