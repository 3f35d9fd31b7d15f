/*
 * The file DIR/source-N has one line of fixed width: source, the kernel's boot id, next, settled. A write of it is one pwrite(2) within a
 * page: a killed process leaves the old line or the new one. It is not synced, which the boot id makes up for.
 */
#include "bus/producer.h"

#include "base/buf.h"
#include "base/num.h"
#include "bus/host.h"
#include "io/lock.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 512
#define TAG_BYTES 12
#define BOOT_ID "/proc/sys/kernel/random/boot_id"

static void read_boot(char out[UUID_TEXT])
{
	out[0] = '\0';
	int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	ssize_t n = read(fd, out, UUID_TEXT - 1);
	out[n > 0 ? n : 0] = '\0';
	close(fd);
}

static int save(struct producer *p, struct err *e)
{
	char line[LINE_BYTES];
	int n = snprintf(line, sizeof line, "%s %s %020" PRId64 " %020" PRId64 "\n", p->source, p->boot[0] ? p->boot : "-", p->next, p->settled);
	if (pwrite(p->fd, line, (size_t)n, 0) != n || ftruncate(p->fd, n) != 0)
		return err_sys(e, ROS_IO, "the file of source %s", p->source);
	return 0;
}

/* False: no line of ours. */
static bool parse(struct producer *p, struct str line, bool *same_boot)
{
	struct str source, id, next, settled;
	struct str rest = str_cut(line, ' ', &source);
	rest = rest.p ? str_cut(rest, ' ', &id) : rest;
	rest = rest.p ? str_cut(rest, ' ', &next) : rest;
	rest = rest.p ? str_cut(rest, '\n', &settled) : rest;
	if (!rest.p || source.n == 0 || source.n >= SOURCE_BYTES || !num_int_in(next, 1, INT64_MAX, &p->next) ||
	    !num_int_in(settled, 0, p->next - 1, &p->settled))
		return false;
	snprintf(p->source, sizeof p->source, "%.*s", STR_ARG(source));
	*same_boot = str_is(id, p->boot);
	return true;
}

/* Whether the file has a source that can go on. */
static bool load(struct producer *p)
{
	char line[LINE_BYTES];
	bool same_boot = false;
	ssize_t n = pread(p->fd, line, sizeof line, 0);
	if (n <= 0 || !parse(p, (struct str){ line, (size_t)n }, &same_boot))
		return false;
	if (same_boot && p->settled == p->next - 1)
		return true;
	memcpy(p->left, p->source, sizeof p->left);
	p->left_last = p->settled;
	return false;
}

static void begin(struct producer *p)
{
	char host[HOST_BYTES];
	struct uuid tag = uuid_random();
	struct buf name;
	buf_init(&name, SOURCE_BYTES - 1);
	buf_fmt(&name, "%s-", host_name(host) ? host : "host");
	buf_hex(&name, tag.b, TAG_BYTES / 2);
	snprintf(p->source, sizeof p->source, "%s", buf_cstr(&name));
	buf_free(&name);
	p->next = 1;
	p->settled = 0;
}

int producer_take(struct producer *p, const char *dir, struct err *e)
{
	struct buf path;
	*p = (struct producer){ .fd = -1 };
	read_boot(p->boot);
	buf_init(&path, LINE_BYTES * 16);
	buf_fmt(&path, "%s/source-", dir);
	int n = lock_take_lowest(buf_cstr(&path), "", &p->fd, e);
	buf_free(&path);
	if (n <= 0)
		return n < 0 ? -1 : err_set(e, ROS_LATER, "too many processes publish from %s", dir);
	if (!load(p))
		begin(p);
	return 0;
}

void producer_release(struct producer *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

int64_t producer_reserve(struct producer *p, size_t n, struct err *e)
{
	int64_t first = p->next;
	p->next += (int64_t)n;
	if (save(p, e) == 0)
		return first;
	p->next = first; /* not given: no gap */
	return -1;
}

int producer_settle(struct producer *p, size_t unused, struct err *e)
{
	p->next -= (int64_t)unused;
	p->settled = p->next - 1;
	return save(p, e);
}
