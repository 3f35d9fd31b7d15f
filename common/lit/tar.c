/* Writing an archive. zlib's stream stays in here. */
#include "lit/tar.h"

#include "base/mem.h"
#include "io/out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define BLOCK 512
#define GZIP (15 + 16) /* deflateInit2(): the largest window, in a gzip envelope */
#define CHUNK 65536

struct tar {
	struct out out;
	struct sha256_stream *hash;
	int64_t bytes, time_s;
	z_stream z;
};

/* The header of a file: POSIX.1-1988, 10.1.1. Numbers are octal. */
struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100], magic[6], version[2], user[32], group[32],
		major[8], minor[8], prefix[155], pad[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a header is a block");

struct tar *tar_begin(int fd, const char *name, int64_t time_s)
{
	struct tar *t = mem_alloc(sizeof *t);
	out_init(&t->out, fd, name);
	t->hash = sha256_begin();
	t->time_s = time_s;
	if (deflateInit2(&t->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		mem_fatal("no memory for zlib");
	return t;
}

static void squeeze(struct tar *t, struct str bytes, int flush)
{
	unsigned char chunk[CHUNK];
	t->z.next_in = (unsigned char *)bytes.p;
	t->z.avail_in = (unsigned)bytes.n;
	do {
		t->z.next_out = chunk;
		t->z.avail_out = sizeof chunk;
		deflate(&t->z, flush);
		struct str made = { (const char *)chunk, sizeof chunk - t->z.avail_out };
		out_str(&t->out, made);
		sha256_add(t->hash, made);
		t->bytes += (int64_t)made.n;
	} while (t->z.avail_out == 0);
}

static void set_octal(char *field, size_t size, uint64_t v)
{
	snprintf(field, size, "%0*llo", (int)size - 1, (unsigned long long)v);
}

static void set_checksum(struct header *h)
{
	unsigned sum = 0;
	memset(h->checksum, ' ', sizeof h->checksum);
	for (size_t i = 0; i < sizeof *h; i++)
		sum += ((const unsigned char *)h)[i];
	snprintf(h->checksum, sizeof h->checksum, "%06o", sum); /* then the blank that is there */
}

int tar_add(struct tar *t, const char *path, struct str content, struct err *e)
{
	static const char zeros[BLOCK];
	struct header h = { .type = '0', .magic = "ustar", .version = { '0', '0' } };
	if (strlen(path) > sizeof h.name)
		return err_set(e, ROS_INPUT, "a path in the archive is longer than %zu bytes", sizeof h.name);
	memcpy(h.name, path, strlen(path));
	set_octal(h.mode, sizeof h.mode, 0644);
	set_octal(h.uid, sizeof h.uid, 0);
	set_octal(h.gid, sizeof h.gid, 0);
	set_octal(h.size, sizeof h.size, content.n);
	set_octal(h.mtime, sizeof h.mtime, (uint64_t)t->time_s);
	set_checksum(&h);
	squeeze(t, (struct str){ (const char *)&h, sizeof h }, Z_NO_FLUSH);
	squeeze(t, content, Z_NO_FLUSH);
	squeeze(t, (struct str){ zeros, (BLOCK - content.n % BLOCK) % BLOCK }, Z_NO_FLUSH);
	return out_flush(&t->out, e);
}

int tar_end(struct tar *t, struct sha256 *sha256, int64_t *bytes, struct err *e)
{
	static const char end[2 * BLOCK];
	if (!t)
		return 0;
	squeeze(t, (struct str){ end, sizeof end }, Z_FINISH);
	deflateEnd(&t->z);
	sha256_end(t->hash, sha256);
	*bytes = t->bytes;
	int rc = out_flush(&t->out, e);
	out_free(&t->out);
	free(t);
	return rc;
}
