/* What probes write down, and the short ones: local queue and disks. */
#include "health/probe.h"

#include "base/mem.h"
#include "base/timefmt.h"
#include "bus/queue.h"

#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

void health_note(struct health_probe *p, enum health_measure m, int64_t value)
{
	p->value[m] = value > 0 ? value : 0;
	p->measured[m] = true;
}

void health_find(struct health_probe *p, enum health_state state, const char *fmt, ...)
{
	if (p->n_findings == FINDINGS_A_PROBE)
		return;
	struct health_finding *f = &p->findings[p->n_findings];
	va_list args;
	va_start(args, fmt);
	vsnprintf(f->text, sizeof f->text, fmt, args);
	va_end(args);
	err_mask(f->text);
	f->state = state;
	p->n_findings++;
}

void health_probe_queue(const struct health_target *t, struct health_probe *p)
{
	struct err e;
	struct queue_info info;
	struct queue *queue = queue_new(&(struct queue_settings){ t->state_dir, &t->bus, QUEUE_BYTES, QUEUE_AGE_MS });
	p->doing = "the local queue";
	if (queue_info(queue, &info, &e) < 0) {
		health_find(p, HEALTH_CRITICAL, "local queue: %s", e.text);
	} else {
		health_note(p, QUEUE_DEPTH, info.entries);
		health_note(p, QUEUE_AGE, info.entries > 0 ? (time_now_ms() - info.oldest_ms) / 1000 : 0);
	}
	queue_free(queue);
}

/* For those who are not root, in percent, rounded down. */
static void note_free(struct health_probe *p, enum health_measure m, const char *path)
{
	struct statvfs fs;
	if (statvfs(path, &fs) == 0 && fs.f_blocks > 0)
		health_note(p, m, (int64_t)((uint64_t)fs.f_bavail * 100 / fs.f_blocks));
}

void health_probe_disk(const struct health_target *t, struct health_probe *p)
{
	p->doing = "a disk";
	note_free(p, STATE_FREE, t->state_dir);
	note_free(p, DATABASE_FREE, t->database);
}
