/*
 * Words and their table. scripts/rules2c.c fills the table at build time and the scanner reads it, so both take the hash from here. It is made of eight
 * letters at once, their case folded: most words are no longer.
 */
#ifndef ROS_PHI_WORD_H
#define ROS_PHI_WORD_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PHI_WORD_LONGEST 31
#define PHI_SLOTS (1u << 17)
#define PHI_FILTER_BITS 15      /* of words that begin something */
#define PHI_NAME_FILTER_BITS 18 /* of those and of names */

/* What a word is. */
#define PHI_IS_KEYWORD 1u  /* begins phrases of rules */
#define PHI_IS_LEAD 2u     /* a shape can begin with it */
#define PHI_IS_FIRST 4u    /* first name */
#define PHI_IS_SURNAME 8u
#define PHI_IS_COMMON 16u /* an ordinary word of English */
#define PHI_IS_STOP 32u    /* no part of a name */
#define PHI_IS_CAPITALS 128u /* a keyword in capitals only */
#define PHI_IS_FILLER 64u /* may stand between a keyword and its value */

struct phi_word {
	uint32_t hash, text; /* text: where it begins in phi_word_text */
	uint16_t phrases;    /* of a keyword: the first of its phrases */
	uint8_t n, is;       /* n = 0: the slot is free */
};

#define PHI_CHUNK 8                        /* letters */
#define PHI_CASE UINT64_C(0x2020202020202020) /* the bit that tells a small letter from its capital */

/* The next eight bytes, the first one lowest. */
static inline uint64_t phi_chunk(const char *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof v);
	return le64toh(v);
}

/* How many of the bytes are ASCII letters, from the lowest up to the first that is none. A byte's high bit tells: a sum carries into it, not out of it. */
static inline unsigned phi_letters(uint64_t chunk)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t low = (chunk | PHI_CASE) & (ones * 0x7F), from_a = low + ones * (0x80 - 'a'), beyond_z = low + ones * (0x80 - 'z' - 1);
	uint64_t other = ~(from_a & ~beyond_z & ~chunk) & (ones * 0x80);
	return other ? (unsigned)__builtin_ctzll(other) / 8 : PHI_CHUNK;
}

/* The lowest n bytes. */
static inline uint64_t phi_lowest(uint64_t chunk, unsigned n)
{
	return n < PHI_CHUNK ? chunk & (((uint64_t)1 << n * 8) - 1) : chunk;
}

/* The hash of what there was and n letters more. */
static inline uint64_t phi_hash_more(uint64_t hash, uint64_t chunk, unsigned n)
{
	return (hash ^ phi_lowest(chunk | PHI_CASE, n)) * UINT64_C(0x9E3779B97F4A7C15);
}

static inline uint32_t phi_hash_end(uint64_t hash)
{
	return (uint32_t)(hash >> 32);
}

static inline uint32_t phi_hash(const char *p, size_t n)
{
	uint64_t hash = 0;
	for (size_t at = 0; at == 0 || at < n; at += PHI_CHUNK) {
		char letters[PHI_CHUNK] = { 0 };
		unsigned have = n - at < PHI_CHUNK ? (unsigned)(n - at) : PHI_CHUNK;
		memcpy(letters, p + at, have);
		hash = phi_hash_more(hash, phi_chunk(letters), have);
		if (have == PHI_CHUNK && n - at == PHI_CHUNK)
			hash = phi_hash_more(hash, 0, 0);
	}
	return phi_hash_end(hash);
}

#endif
