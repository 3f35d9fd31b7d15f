/* See the header. */
#include "bus/pace.h"

#define FIRST 8 /* of the largest entries that ros-emit makes: 8 MiB */

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int pace_next(struct pace *p, int64_t most)
{
	if (p->largest == 0) /* nothing came: what comes next is as unknown as at first */
		p->count = FIRST;
	else
		p->count = smaller(2 * p->count, (int64_t)(PACE_BYTES / p->largest));
	p->largest = 0;
	p->count = smaller(p->count, most);
	if (p->count < 1)
		p->count = 1;
	return (int)p->count;
}

void pace_note(struct pace *p, const struct bus_entry *entry)
{
	size_t bytes = 0;
	for (size_t i = 0; i < entry->n_fields; i++)
		bytes += entry->fields[i].name.n + entry->fields[i].value.n;
	if (bytes > p->largest)
		p->largest = bytes;
}
