/* A read-only run of bytes: pointer and length, not terminated, owned by somebody else. */
#ifndef ROS_BASE_STR_H
#define ROS_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

struct str {
	const char *p; /* NULL only where a value is absent */
	size_t n;
};

#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })

/* For printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).n, (s).p

/* The bytes of a C string; NULL gives the absent value. */
struct str str_of(const char *z);

bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *z);

/* Order of unsigned bytes, then of length: <0, 0, >0. */
int str_cmp(struct str a, struct str b);

bool str_starts(struct str s, const char *prefix);

/* Without white space (space, tab, CR, LF) at both ends. */
struct str str_trim(struct str s);

/*
 * Cuts s at the first `sep`: *head is what stands before, the result what stands after. Without `sep`: *head is all of s
 * and the result is absent (p == NULL).
 */
struct str str_cut(struct str s, char sep, struct str *head);

/* Shell pattern with * and ? only, over all of s, case matters. */
bool str_glob(struct str pattern, struct str s);

/* Well-formed UTF-8 as RFC 3629 has it: shortest form, no surrogates, at most U+10FFFF. */
bool str_utf8(struct str s);

/* Length of the well-formed code point at the start of s: 1 to 4; 0 where there is none. */
size_t str_rune(struct str s);

/* Puts '?' in the place of every byte of a control character and of what is no UTF-8: safe for terminals and in JSON. */
void str_mask(char *p, size_t n);

/* Number of code points of well-formed UTF-8. */
size_t str_codepoints(struct str s);

#endif
