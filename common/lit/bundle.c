/* The files of a bundle. */
#include "lit/bundle.h"

#include "base/mem.h"
#include "io/file.h"
#include "io/out.h"
#include "lit/tar.h"
#include "phi/line.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_TEXT_MAX ((size_t)1 << 16)
#define FILE_BYTES_MAX ((size_t)1 << 30) /* of one that is packed */
#define ARCHIVE ".tar.gz"

struct lit_file {
	struct lit_bundle *bundle;
	char *path;
	struct out out;
	struct sha256_stream *hash;
	int64_t bytes, lines;
};

static char *join(const char *a, const char *between, const char *b)
{
	struct buf path;
	buf_init(&path, PATH_TEXT_MAX);
	buf_fmt(&path, "%s%s%s", a, between, b);
	char *copy = mem_strdup(buf_view(&path));
	buf_free(&path);
	return copy;
}

static char *beside(const char *target)
{
	char mark[32];
	snprintf(mark, sizeof mark, ".%ld", (long)getpid());
	return join(target, mark, ".tmp");
}

static void fail(struct lit_bundle *b, const struct err *e)
{
	if (!b->failed)
		b->err = *e;
	b->failed = true;
}

bool lit_bundle_fits(struct lit_bundle *b, const struct buf *text)
{
	struct err e;
	if (buf_ok(text))
		return true;
	err_set(&e, ROS_INPUT, "a line of the bundle would be longer than %zu bytes", text->max);
	fail(b, &e);
	return false;
}

static int make_dir(const char *path, struct err *e)
{
	return mkdir(path, 0700) == 0 ? 0 : err_sys(e, ROS_IO, "cannot make the directory %s", path);
}

int lit_bundle_begin(struct lit_bundle *b, const char *target, struct err *e)
{
	struct stat st;
	*b = (struct lit_bundle){ .scan = phi_line_new(NULL, NULL) };
	if (lstat(target, &st) == 0)
		return err_set(e, ROS_REFUSED, "%s is there already: remove it, or give the bundle another name", target);
	char *dir = beside(target), *data = join(dir, "/", "data");
	int rc = make_dir(dir, e);
	if (rc == 0) {
		b->dir = dir;
		rc = make_dir(data, e);
	} else {
		free(dir);
	}
	free(data);
	return rc;
}

struct lit_file *lit_file_begin(struct lit_bundle *b, const char *path)
{
	struct err e;
	struct lit_file *f = mem_alloc(sizeof *f);
	*f = (struct lit_file){ .bundle = b, .path = join(b->dir, "/", path), .hash = sha256_begin() };
	int fd = open(f->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	out_init(&f->out, fd, f->path);
	if (fd < 0) {
		err_sys(&e, ROS_IO, "cannot create %s", f->path);
		fail(b, &e);
	}
	return f;
}

/* The path within the bundle. */
static const char *inside(const struct lit_file *f)
{
	return f->path + strlen(f->bundle->dir) + 1;
}

static void refuse(void *arg, const struct phi_hit *hit)
{
	const struct lit_file *f = arg;
	const struct phi_rule *rule = hit->finding->rule;
	struct err e;
	if (!rule->block)
		return;
	err_set(&e, ROS_REFUSED, "the PHI rule %s has a finding in line %" PRId64 " of %s%s%s: there is no bundle", rule->id, f->lines + 1, inside(f),
	        hit->pointer[0] ? " at " : "", hit->pointer);
	fail(f->bundle, &e);
}

void lit_file_line(struct lit_file *f, struct str line)
{
	struct err e;
	struct lit_bundle *b = f->bundle;
	if (b->failed)
		return;
	if (phi_line_take(b->scan, line, false, refuse, f, NULL, &e) < 0)
		fail(b, &e);
	if (b->failed)
		return;
	out_str(&f->out, line);
	out_str(&f->out, STR("\n"));
	sha256_add(f->hash, line);
	sha256_add(f->hash, STR("\n"));
	f->bytes += (int64_t)line.n + 1;
	f->lines++;
}

void lit_file_end(struct lit_file *f)
{
	struct err e;
	struct lit_bundle *b = f->bundle;
	struct lit_written *w = &b->files[b->n++];
	*w = (struct lit_written){ .path = mem_strdup(str_of(inside(f))), .bytes = f->bytes, .lines = f->lines };
	sha256_end(f->hash, &w->sha256);
	int rc = out_flush(&f->out, &e);
	if (f->out.fd >= 0 && rc == 0 && fsync(f->out.fd) < 0)
		rc = err_sys(&e, ROS_IO, "cannot write %s", f->path);
	if (f->out.fd >= 0 && close(f->out.fd) < 0 && rc == 0)
		rc = err_sys(&e, ROS_IO, "cannot write %s", f->path);
	if (rc < 0)
		fail(b, &e);
	out_free(&f->out);
	free(f->path);
	free(f);
}

void lit_bundle_text(struct lit_bundle *b, const char *path, struct str text)
{
	struct lit_file *f = lit_file_begin(b, path);
	for (struct str line; text.n > 0;) {
		text = str_cut(text, '\n', &line);
		lit_file_line(f, line);
	}
	lit_file_end(f);
}

static bool is_archive(const char *target)
{
	size_t n = strlen(target), end = strlen(ARCHIVE);
	return n > end && strcmp(target + n - end, ARCHIVE) == 0;
}

/* What all paths in the archive begin with: the archive's name without its end. */
static char *root_of(const char *target)
{
	const char *slash = strrchr(target, '/'), *name = slash ? slash + 1 : target;
	return mem_strdup((struct str){ name, strlen(name) - strlen(ARCHIVE) });
}

static int pack_file(struct tar *t, const struct lit_bundle *b, const char *root, const struct lit_written *w, struct buf *content, struct err *e)
{
	char *from = join(b->dir, "/", w->path), *to = join(root, "/", w->path);
	buf_clear(content);
	int rc = file_read(from, content, e);
	if (rc == 0)
		rc = tar_add(t, to, buf_view(content), e);
	free(from);
	free(to);
	return rc;
}

static int pack(const struct lit_bundle *b, const char *target, int fd, int64_t time_s, struct sha256 *sha256, int64_t *bytes, struct err *e)
{
	struct err later;
	struct buf content;
	char *root = root_of(target);
	struct tar *t = tar_begin(fd, target, time_s);
	buf_init(&content, FILE_BYTES_MAX);
	int rc = 0;
	for (size_t i = 0; i < b->n && rc == 0; i++)
		rc = pack_file(t, b, root, &b->files[i], &content, e);
	if (tar_end(t, sha256, bytes, rc == 0 ? e : &later) < 0)
		rc = -1;
	if (rc == 0 && fsync(fd) < 0)
		rc = err_sys(e, ROS_IO, "cannot write %s", target);
	buf_free(&content);
	free(root);
	return rc;
}

static int place(const char *from, const char *target, struct err *e)
{
	return rename(from, target) == 0 ? 0 : err_sys(e, ROS_IO, "cannot make %s", target);
}

static int place_archive(const struct lit_bundle *b, const char *target, int64_t time_s, struct sha256 *sha256, int64_t *bytes, struct err *e)
{
	char *half = join(b->dir, "", ".gz");
	int fd = open(half, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int rc = fd < 0 ? err_sys(e, ROS_IO, "cannot create %s", half) : pack(b, target, fd, time_s, sha256, bytes, e);
	if (fd >= 0)
		close(fd);
	if (rc == 0)
		rc = place(half, target, e);
	if (rc < 0)
		unlink(half);
	free(half);
	return rc;
}

int lit_bundle_end(struct lit_bundle *b, const char *target, int64_t time_s, struct sha256 *sha256, int64_t *bytes, struct err *e)
{
	if (b->failed) {
		*e = b->err;
		return -1;
	}
	if (is_archive(target))
		return place_archive(b, target, time_s, sha256, bytes, e);
	*sha256 = b->files[b->n - 1].sha256;
	*bytes = 0;
	for (size_t i = 0; i < b->n; i++)
		*bytes += b->files[i].bytes;
	if (place(b->dir, target, e) < 0)
		return -1;
	free(b->dir);
	b->dir = NULL;
	return 0;
}

static void remove_in(const struct lit_bundle *b, const char *path, int (*how)(const char *))
{
	char *all = join(b->dir, "/", path);
	how(all);
	free(all);
}

void lit_bundle_free(struct lit_bundle *b)
{
	for (size_t i = 0; i < b->n; i++) {
		if (b->dir)
			remove_in(b, b->files[i].path, unlink);
		free(b->files[i].path);
	}
	if (b->dir) {
		remove_in(b, "data", rmdir);
		rmdir(b->dir);
	}
	free(b->dir);
	phi_line_free(b->scan);
}
