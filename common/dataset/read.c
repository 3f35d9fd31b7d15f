/* One data file. */
#include "dataset/read.h"

#include "base/mem.h"
#include "io/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE ((size_t)256 * 1024) /* stays in the cache between hashing and scanning */

struct reading {
	int fd;
	struct stat stat;
	char *bytes; /* HEAD_MAX */
	struct sha256_stream *hash;
	const struct format *format;
	void *state; /* the format's */
	struct screen *screen; /* NULL: none */
};

/* Never waits for the other end of a fifo. */
static int open_file(const char *path, struct reading *r, struct err *e)
{
	r->fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (r->fd < 0 && errno == ELOOP)
		return err_set(e, ROS_INPUT, "it is a symbolic link, which is not followed");
	if (r->fd < 0)
		return err_sys(e, ROS_INPUT, "it cannot be opened");
	if (fstat(r->fd, &r->stat) != 0)
		return err_sys(e, ROS_IO, "it cannot be read");
	if (!S_ISREG(r->stat.st_mode))
		return err_set(e, ROS_INPUT, "it is no regular file");
	if (r->stat.st_size == 0)
		return err_set(e, ROS_INPUT, "it is empty");
	return 0;
}

/* Fills the buffer with up to n bytes; less only at the end of the file. -1: an error. */
static ssize_t fill(struct reading *r, size_t n, struct err *e)
{
	size_t done = 0;
	while (done < n) {
		ssize_t got = read(r->fd, r->bytes + done, n - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(e, ROS_IO, "it cannot be read");
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

static enum screen_text text_of(const struct format *f)
{
	if (f == &format_csv)
		return SCREEN_CSV;
	return f == &format_json || f == &format_hl7 ? SCREEN_LINES : SCREEN_NO_TEXT;
}

static int take(struct reading *r, struct str bytes, struct err *e)
{
	sha256_add(r->hash, bytes);
	if (r->screen)
		screen_take(r->screen, bytes);
	return r->format->feed ? r->format->feed(r->state, bytes, e) : 0;
}

/* Reads to the end; returns the number of bytes. */
static int64_t read_bytes(struct reading *r, read_progress_fn *progress, void *arg, struct err *e)
{
	int64_t bytes = 0;
	for (size_t want = HEAD_MAX;; want = PIECE) {
		if (wait_stopping())
			return err_set(e, ROS_LATER, "stopped by a signal");
		ssize_t got = fill(r, want, e);
		if (got < 0)
			return -1;
		struct str piece = { r->bytes, (size_t)got };
		if (!r->format) {
			r->format = format_of(piece, piece.n < want, &r->state, e);
			if (r->format && r->screen)
				screen_begin(r->screen, text_of(r->format));
		}
		if (!r->format || take(r, piece, e) != 0)
			return -1;
		bytes += got;
		progress(arg, piece.n);
		if (piece.n < want)
			return bytes;
	}
}

static bool has_changed(const struct reading *r, int64_t bytes)
{
	struct stat now;
	return bytes != r->stat.st_size || fstat(r->fd, &now) != 0 || now.st_size != r->stat.st_size ||
	       now.st_mtim.tv_sec != r->stat.st_mtim.tv_sec || now.st_mtim.tv_nsec != r->stat.st_mtim.tv_nsec;
}

static int read_all(const char *path, struct reading *r, read_progress_fn *progress, void *arg, struct part *p,
                    struct err *e)
{
	if (open_file(path, r, e) != 0)
		return -1;
	posix_fadvise(r->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	r->bytes = mem_alloc(HEAD_MAX);
	r->hash = sha256_begin();
	p->bytes = read_bytes(r, progress, arg, e);
	if (p->bytes < 0)
		return -1;
	if (r->screen)
		screen_end(r->screen);
	int rc = r->format->end(r->state, r->fd, p->bytes, &p->facts, e);
	if (has_changed(r, p->bytes))
		return err_set(e, ROS_LATER, "it changed while it was read");
	return rc;
}

int part_read(const char *path, struct screen *screen, read_progress_fn *progress, void *arg, struct part *p, struct err *e)
{
	struct reading r = { .fd = -1, .screen = screen };
	struct err why;
	*p = (struct part){ 0 };
	facts_free(&p->facts);
	int rc = read_all(path, &r, progress, arg, p, &why);
	sha256_end(r.hash, rc == 0 ? &p->hash : NULL);
	if (r.format)
		r.format->free(r.state);
	free(r.bytes);
	if (r.fd >= 0)
		close(r.fd);
	if (rc == 0)
		return 0;
	facts_free(&p->facts);
	return err_set(e, why.status, "%s: %s", path, why.text);
}
