/* A plan as redis.conf: above each line its reason. */
#include "posture/formats.h"

#include <inttypes.h>

void plan_conf(const struct plan *p, struct buf *out)
{
	const struct plan_needs *n = &p->needs;
	buf_fmt(out, "# redis.conf for the stream %s, by ros-bus config.\n", n->stream);
	buf_fmt(out, "# %" PRId64 " events a day of %" PRId64 " bytes, kept for %" PRId64 " days: %" PRId64 " entries; the cap is %" PRId64
	        ", each at most %" PRId64 " bytes of memory.\n",
	        n->events_per_day, n->event_bytes, n->retention_days, p->entries, p->max_len, p->entry_bytes);
	for (size_t i = 0; i < p->settings.n; i++)
		buf_fmt(out, "\n# %s\n%s %s\n", p->settings.v[i].reason, p->settings.v[i].name, p->settings.v[i].value);
}
