/* Lines of words: `group`, `database`, `told STATE MS`. */
#include "health/past.h"

#include "base/hash.h"
#include "base/num.h"
#include "base/str.h"
#include "bus/bus.h"
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define FILE_BYTES 4096
#define PATH_BYTES 8192
#define KEY_BYTES 65536
#define DIGEST_CHARS 12

static void find_path(struct past *p, const struct health_target *t)
{
	char bus[256], digest[SHA256_TEXT];
	struct buf key;
	buf_init(&key, KEY_BYTES);
	bus_name(t->bus.url, bus, sizeof bus);
	buf_fmt(&key, "%s\n%s\n%s\n%s", bus, t->bus.stream, t->bus.group, t->database);
	struct sha256 hash = sha256_of(buf_view(&key));
	sha256_format(&hash, digest);
	buf_fmt(&p->path, "%s/health-%.*s", t->state_dir, DIGEST_CHARS, digest);
	buf_free(&key);
}

static void read_told(struct past *p, struct str words)
{
	int64_t ms;
	struct str state, when = str_cut(words, ' ', &state);
	for (int i = HEALTH_OK; i <= HEALTH_UNKNOWN; i++)
		if (str_is(state, health_state_name((enum health_state)i)) && num_int_in(when, 1, INT64_MAX, &ms)) {
			p->told = (enum health_state)i;
			p->told_ms = ms;
		}
}

void past_read(struct past *p, const struct health_target *t)
{
	*p = (struct past){ 0 };
	buf_init(&p->path, PATH_BYTES);
	find_path(p, t);
	struct buf text;
	struct err e;
	buf_init(&text, FILE_BYTES);
	bool there = file_refuse_link(buf_cstr(&p->path), &e) == 0 && file_read(buf_cstr(&p->path), &text, &e) == 0;
	struct str rest = there ? buf_view(&text) : STR(""), line;
	while (rest.n > 0) {
		rest = str_cut(rest, '\n', &line);
		struct str word, words = str_cut(line, ' ', &word);
		p->group |= str_is(word, "group");
		p->database |= str_is(word, "database");
		if (str_is(word, "told"))
			read_told(p, words);
	}
	buf_free(&text);
}

void past_free(struct past *p)
{
	buf_free(&p->path);
}

static void write_text(const struct past *p, struct buf *out)
{
	if (p->group)
		buf_z(out, "group\n");
	if (p->database)
		buf_z(out, "database\n");
	if (p->told_ms > 0)
		buf_fmt(out, "told %s %" PRId64 "\n", health_state_name(p->told), p->told_ms);
}

static int write_beside(const char *path, struct str text, struct err *e)
{
	unlink(path); /* of one that was killed */
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_sys(e, ROS_IO, "cannot write %s", path);
	errno = ENOSPC;
	int rc = write(fd, text.p, text.n) == (ssize_t)text.n && fsync(fd) == 0 ? 0 : err_sys(e, ROS_IO, "cannot write %s", path);
	close(fd);
	return rc;
}

int past_write(const struct past *p, struct err *e)
{
	if (file_refuse_link(buf_cstr(&p->path), e) < 0)
		return -1;
	struct buf text, beside;
	buf_init(&text, FILE_BYTES);
	buf_init(&beside, PATH_BYTES);
	buf_fmt(&beside, "%s.%d", buf_cstr(&p->path), (int)getpid());
	write_text(p, &text);
	int rc = buf_ok(&beside) ? write_beside(buf_cstr(&beside), buf_view(&text), e)
	                         : err_set(e, ROS_IO, "cannot write %s: the name is too long", buf_cstr(&p->path));
	if (rc == 0 && rename(buf_cstr(&beside), buf_cstr(&p->path)) < 0)
		rc = err_sys(e, ROS_IO, "cannot write %s", buf_cstr(&p->path));
	if (rc < 0)
		unlink(buf_cstr(&beside));
	buf_free(&text);
	buf_free(&beside);
	return rc;
}
