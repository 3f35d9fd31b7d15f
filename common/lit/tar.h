/* An archive, ustar (POSIX.1-1988) through gzip (RFC 1952), whose bytes are those of the names and contents and of nothing else: no owner, one time for all. */
#ifndef ROS_LIT_TAR_H
#define ROS_LIT_TAR_H

#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"

#include <stdint.h>

struct tar; /* opaque */

/* Writes to fd, which stays the caller's; `name` is what messages call it. All files are of time_s, in seconds since 1970. */
struct tar *tar_begin(int fd, const char *name, int64_t time_s);

/* Adds a file; the path in the archive has 100 bytes at most (ROS_INPUT). */
int tar_add(struct tar *t, const char *path, struct str content, struct err *e);

/* Ends the archive and frees; NULL is fine. *sha256 and *bytes are those of what was written; -1: something could not be. */
int tar_end(struct tar *t, struct sha256 *sha256, int64_t *bytes, struct err *e);

#endif
