/* Memory. Out of memory is not an error that a pipe can mend: these end the process with 70 and a fixed message. */
#ifndef ROS_BASE_MEM_H
#define ROS_BASE_MEM_H

#include "base/str.h"

#include <stddef.h>

void *mem_alloc(size_t n);            /* zeroed */
void *mem_array(size_t count, size_t size); /* zeroed; overflow counts as out of memory */
void *mem_grow(void *p, size_t count, size_t size); /* realloc of an array; new room is not zeroed */
void *mem_more(void *p, size_t n, size_t size); /* of an array that grew from 0 by this alone, one by one: room behind n elements for one more */
char *mem_strdup(struct str s);       /* NUL-terminated copy; NULL for the absent value */

/* Ends the process with 70 and a message: for what no caller could mend (no memory, no digest, no random bytes). */
_Noreturn void mem_fatal(const char *message);

/* Overwrites a secret so that the compiler cannot leave it out. */
void mem_wipe(void *p, size_t n);

#endif
