/* How far a long work is. No colour, so that NO_COLOR changes nothing. */
#include "io/progress.h"

#include "base/timefmt.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FIRST_MS 500
#define AGAIN_MS 100
#define BAR 30
#define MIB 1048576.0

void progress_begin(struct progress *p, int fd, bool wanted, int64_t total)
{
	*p = (struct progress){ .fd = wanted && isatty(fd) ? fd : -1, .total = total > 0 ? total : 1 };
	p->begun = time_monotonic_ms();
}

/* Failures to write are ignored: it is only a look. */
static void put(const struct progress *p, const char *text)
{
	ssize_t ignored = write(p->fd, text, strlen(text));
	(void)ignored;
}

void progress_add(struct progress *p, int64_t bytes)
{
	p->done += bytes;
	if (p->fd < 0)
		return;
	int64_t now = time_monotonic_ms();
	if (now - p->begun < FIRST_MS || now - p->drawn < AGAIN_MS)
		return;
	char text[128], bar[BAR + 1] = { 0 };
	double part = p->done < p->total ? (double)p->done / (double)p->total : 1;
	memset(bar, ' ', BAR);
	memset(bar, '#', (size_t)(part * BAR));
	snprintf(text, sizeof text, "\r[%s] %3d %% of %.0f MiB, %.0f MiB/s\x1b[K", bar, (int)(part * 100), (double)p->total / MIB,
	         (double)p->done / MIB * 1000 / (double)(now - p->begun));
	put(p, text);
	p->drawn = now;
}

void progress_end(struct progress *p)
{
	if (p->fd >= 0 && p->drawn > 0)
		put(p, "\r\x1b[K");
	p->fd = -1;
}
