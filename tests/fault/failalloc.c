/*
 * Preloaded into a tool: the Nth allocation (FAILALLOC=N) of the process fails. FAILALLOC=0 fails none. At the end the number
 * of allocations is written to the file FAILALLOC_COUNT, where that is set. Those of libcrypto are spared: OpenSSL 3.0 itself crashes where one
 * fails while it starts.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The allocator itself, by the names that it has beside the ones below. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t n);

static long made, to_fail;

static bool is_spared(void *caller)
{
	Dl_info where;
	return dladdr(caller, &where) && where.dli_fname && strstr(where.dli_fname, "libcrypto");
}

/* Reads the setting at the first allocation, which may come before any constructor. */
static bool fails(void *caller)
{
	if (is_spared(caller))
		return false;
	if (made == 0) {
		const char *text = getenv("FAILALLOC");
		to_fail = text ? strtol(text, NULL, 10) : 0;
	}
	if (++made != to_fail)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t n)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(n);
}

void *calloc(size_t count, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *p, size_t n)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(p, n);
}

void *reallocarray(void *p, size_t count, size_t size)
{
	size_t n;
	if (__builtin_mul_overflow(count, size, &n)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(p, n);
}

__attribute__((destructor)) static void tell(void)
{
	const char *path = getenv("FAILALLOC_COUNT");
	long total = made; /* opening and printing allocate, too */
	if (!path)
		return;
	char text[32];
	int n = snprintf(text, sizeof text, "%ld", total);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, text, (size_t)n) != n)
		abort();
	close(fd);
}
