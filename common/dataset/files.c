/* Which files a data set has. */
#include "dataset/files.h"

#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <fts.h>
#include <glob.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

static int unusable(const char *path, int reason, struct err *e)
{
	errno = reason;
	return err_sys(e, ROS_INPUT, "%s: it cannot be read", path);
}

static void add_file(struct files *f, const char *path, const char *real, int64_t bytes)
{
	if (f->n == f->cap) {
		f->cap = f->cap ? 2 * f->cap : 64;
		f->v = mem_grow(f->v, f->cap, sizeof *f->v);
	}
	f->v[f->n++] = (struct data_file){ mem_strdup(str_of(path)), mem_strdup(str_of(real)) };
	f->bytes += bytes;
}

/* Shortens the base until it holds the directory, which has a slash at its end, as well. */
static void widen_base(struct files *f, const char *directory)
{
	size_t end = 0;
	if (!f->base)
		f->base = mem_strdup(str_of(directory));
	for (size_t i = 0; f->base[i] && f->base[i] == directory[i]; i++)
		if (f->base[i] == '/')
			end = i + 1;
	f->base[end] = '\0';
}

/* KEY=VALUE in a path belongs to the names of the files. */
static void cut_base(struct files *f)
{
	char *sign = strchr(f->base, '=');
	if (!sign)
		return;
	while (sign[-1] != '/')
		sign--;
	*sign = '\0';
}

static bool is_hidden(const FTSENT *entry)
{
	return entry->fts_level > 0 && (entry->fts_name[0] == '.' || entry->fts_name[0] == '_');
}

/* `real` is the directory's; `skip` are the bytes of the paths that stand for it. */
static int take_entry(struct files *f, FTS *tree, FTSENT *entry, const char *real, size_t skip, struct err *e)
{
	char path[PATH_MAX];
	switch (entry->fts_info) {
	case FTS_DP:
		return 0;
	case FTS_D:
		if (is_hidden(entry))
			fts_set(tree, entry, FTS_SKIP);
		return 0;
	case FTS_SL:
	case FTS_SLNONE:
		f->links += !is_hidden(entry);
		return 0;
	case FTS_F:
		if (is_hidden(entry))
			return 0;
		if ((size_t)snprintf(path, sizeof path, "%s%s", real, entry->fts_path + skip) >= sizeof path)
			return unusable(entry->fts_path, ENAMETOOLONG, e);
		add_file(f, entry->fts_path, path, entry->fts_statp->st_size);
		return 0;
	case FTS_DEFAULT:
		return is_hidden(entry) ? 0 : err_set(e, ROS_INPUT, "%s: it is no regular file", entry->fts_path);
	default:
		return unusable(entry->fts_path, entry->fts_errno, e);
	}
}

static int take_directory(struct files *f, char *operand, const char *real, struct err *e)
{
	char *const roots[] = { operand, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;
	size_t before = f->n, skip = strlen(operand);
	int rc = 0;
	if (!tree)
		return unusable(operand, errno, e);
	while (skip > 0 && operand[skip - 1] == '/') /* data/ gives data/x.csv, and so does data */
		skip--;
	while (rc == 0 && (errno = 0, entry = fts_read(tree)))
		rc = take_entry(f, tree, entry, real, skip, e);
	if (rc == 0 && errno != 0)
		rc = unusable(operand, errno, e);
	fts_close(tree);
	if (rc == 0 && f->n == before)
		rc = err_set(e, ROS_INPUT, "%s: there is no file in this directory", operand);
	return rc;
}

static int take_operand(struct files *f, char *operand, const struct stat *stat, struct err *e)
{
	char *real = realpath(operand, NULL), *directory = NULL;
	int rc = -1;
	if (!real) {
		unusable(operand, errno, e);
	} else if (S_ISDIR(stat->st_mode)) {
		directory = mem_alloc(strlen(real) + 2);
		memcpy(directory, real, strlen(real));
		directory[strlen(real)] = '/';
		widen_base(f, strcmp(real, "/") == 0 ? real : directory);
		rc = take_directory(f, operand, strcmp(real, "/") == 0 ? "" : real, e);
	} else {
		directory = mem_strdup((struct str){ real, (size_t)(strrchr(real, '/') - real) + 1 });
		widen_base(f, directory);
		add_file(f, operand, real, stat->st_size);
		rc = 0;
	}
	free(directory);
	free(real);
	return rc;
}

/* A file or a directory that is there. */
static int take_path(struct files *f, const char *operand, struct err *e)
{
	struct stat stat;
	if (lstat(operand, &stat) != 0)
		return unusable(operand, errno, e);
	if (S_ISLNK(stat.st_mode))
		return err_set(e, ROS_INPUT, "%s: it is a symbolic link, which is not followed", operand);
	if (!S_ISREG(stat.st_mode) && !S_ISDIR(stat.st_mode))
		return err_set(e, ROS_INPUT, "%s: it is no regular file", operand);
	char *copy = mem_strdup(str_of(operand));
	int rc = take_operand(f, copy, &stat, e);
	free(copy);
	return rc;
}

static int take_pattern(struct files *f, const char *pattern, struct err *e)
{
	glob_t found;
	int rc = glob(pattern, GLOB_NOSORT | GLOB_ERR, NULL, &found);
	if (rc == 0)
		for (size_t i = 0; i < found.gl_pathc && rc == 0; i++)
			rc = take_path(f, found.gl_pathv[i], e);
	else if (rc == GLOB_NOMATCH)
		rc = err_set(e, ROS_INPUT, "%s: no file has a name like this", pattern);
	else
		rc = unusable(pattern, errno, e);
	globfree(&found);
	return rc;
}

static int by_real(const void *a, const void *b)
{
	return strcmp(((const struct data_file *)a)->real, ((const struct data_file *)b)->real);
}

int files_find(struct files *f, const char *const *operands, size_t n, struct err *e)
{
	struct stat stat;
	*f = (struct files){ 0 };
	for (size_t i = 0; i < n; i++) {
		bool pattern = lstat(operands[i], &stat) != 0 && errno == ENOENT && strpbrk(operands[i], "*?[");
		if ((pattern ? take_pattern : take_path)(f, operands[i], e) != 0)
			return -1;
		f->one = n == 1 && !pattern && S_ISREG(stat.st_mode);
	}
	qsort(f->v, f->n, sizeof *f->v, by_real);
	for (size_t i = 1; i < f->n; i++)
		if (strcmp(f->v[i - 1].real, f->v[i].real) == 0)
			return err_set(e, ROS_USAGE, "%s: this file is given twice", f->v[i].path);
	cut_base(f);
	return 0;
}

void files_free(struct files *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->v[i].path);
		free(f->v[i].real);
	}
	free(f->v);
	free(f->base);
	*f = (struct files){ 0 };
}

const char *files_name(const struct files *f, size_t i)
{
	return f->v[i].real + strlen(f->base);
}
