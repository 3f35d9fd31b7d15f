/* Memory that is there or ends the process. Buffers that grow with the input have a maximum instead: see buf.h. */
#include "base/mem.h"

#include "base/err.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn void mem_fatal(const char *message)
{
	ssize_t ignored = write(STDERR_FILENO, message, strlen(message));
	ignored = write(STDERR_FILENO, "\n", 1);
	(void)ignored;
	_exit(ROS_BUG);
}

static void *checked(void *p)
{
	if (!p)
		mem_fatal("out of memory");
	return p;
}

void *mem_alloc(size_t n)
{
	return mem_array(n, 1);
}

void *mem_array(size_t count, size_t size)
{
	return checked(calloc(count > 0 ? count : 1, size));
}

void *mem_grow(void *p, size_t count, size_t size)
{
	return checked(reallocarray(p, count > 0 ? count : 1, size));
}

void *mem_more(void *p, size_t n, size_t size)
{
	bool full = (n & (n - 1)) == 0; /* 0 or a power of two */
	return full ? mem_grow(p, n > 0 ? 2 * n : 1, size) : p;
}

char *mem_strdup(struct str s)
{
	if (!s.p)
		return NULL;
	char *z = mem_alloc(s.n + 1);
	memcpy(z, s.p, s.n);
	return z;
}

void mem_wipe(void *p, size_t n)
{
	explicit_bzero(p, n);
}
