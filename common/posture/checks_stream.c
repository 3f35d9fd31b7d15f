/* The state of the stream, its group and its dead letters, on any bus. */
#include "base/timefmt.h"
#include "posture/audit.h"

#include <inttypes.h>

#define STUCK_MS TIME_HOUR_MS

static enum check_state cap(const struct posture *f, struct finding *out)
{
	buf_fmt(&out->evidence, "%" PRId64 " entries of at most %" PRId64, f->counts.length, f->max_len);
	return check_found(f->counts.length >= f->max_len - f->max_len / 5);
}

static enum check_state retention(const struct posture *f, struct finding *out)
{
	struct entry_id id;
	if (!id_parse(str_of(f->stream.first), 0, &id)) {
		buf_z(&out->evidence, "the stream is empty");
		return CHECK_PASSED;
	}
	int64_t days = (f->now_ms - (int64_t)id.ms) / TIME_DAY_MS;
	buf_fmt(&out->evidence, "the oldest entry is %" PRId64 " days old, of %" PRId64, days, f->retention_days);
	return check_found(days > f->retention_days);
}

static enum check_state group(const struct posture *f, struct finding *out)
{
	buf_fmt(&out->evidence, "group %s: %s; the stream has %" PRId64, f->group, f->counts.group ? "there" : "missing", f->stream.groups);
	return check_found(!f->counts.group);
}

static enum check_state stuck(const struct posture *f, struct finding *out)
{
	buf_fmt(&out->evidence, "%" PRId64 " entries are pending", f->counts.pending);
	if (f->oldest_idle_ms >= 0)
		buf_fmt(&out->evidence, ", the oldest for %" PRId64 " s", f->oldest_idle_ms / 1000);
	return check_found(f->oldest_idle_ms > STUCK_MS);
}

static enum check_state dead_letters(const struct posture *f, struct finding *out)
{
	buf_fmt(&out->evidence, "%" PRId64 " dead letters", f->counts.dead);
	return check_found(f->counts.dead > 0);
}

const struct check stream_checks[] = {
	{ "stream-cap", SEVERITY_HIGH, FROM_STREAM, "the stream is nearly full: soon producers queue on their disks", "45 CFR 164.308(a)(7)(ii)(C)",
	  "ros-bus trim, more workers, or a higher INSIGHTS_MAX_LEN", cap },
	{ "retention", SEVERITY_MEDIUM, FROM_STREAM, "the stream keeps events longer than is wanted", "45 CFR 164.310(d)(2)(i)", "ros-bus trim --older DAYS, by cron",
	  retention },
	{ "group", SEVERITY_MEDIUM, FROM_STREAM, "nobody records what is published", "45 CFR 164.312(b)", "ros-bus create, and the pipe of ros(7)", group },
	{ "stuck", SEVERITY_MEDIUM, FROM_STREAM | FROM_GROUPS, "entries were taken an hour ago, and are not recorded", "45 CFR 164.312(b)",
	  "ros-bus groups says who has them; another ros-consume takes them over", stuck },
	{ "dead-letters", SEVERITY_MEDIUM, FROM_STREAM, "events were refused, and wait for somebody to look", "45 CFR 164.308(a)(1)(ii)(D)",
	  "ros-bus dead list; requeue them, or drop them", dead_letters },
	{ 0 },
};
