/*
 * Words and their table. scripts/rules2c.c fills the table at build time and the scanner reads it, so both take the hash from here: cheap enough to be
 * made while the letters go by, with the case folded.
 */
#ifndef ROS_PHI_WORD_H
#define ROS_PHI_WORD_H

#include <stddef.h>
#include <stdint.h>

#define PHI_WORD_LONGEST 31
#define PHI_SLOTS (1u << 15)
#define PHI_FILTER_BITS 15      /* of words that begin something */
#define PHI_NAME_FILTER_BITS 18 /* of those and of names */

/* What a word is. */
#define PHI_IS_KEYWORD 1u  /* begins phrases of rules */
#define PHI_IS_LEAD 2u     /* a shape can begin with it */
#define PHI_IS_FIRST 4u    /* first name */
#define PHI_IS_SURNAME 8u
#define PHI_IS_COMMON 16u /* a name that is an ordinary word, too */
#define PHI_IS_STOP 32u    /* no part of a name */
#define PHI_IS_FILLER 64u /* may stand between a keyword and its value */

struct phi_word {
	uint32_t hash, text; /* text: where it begins in phi_word_text */
	uint16_t phrases;    /* of a keyword: the first of its phrases */
	uint8_t n, is;       /* n = 0: the slot is free */
};

#define PHI_HASH_START 5381u

static inline uint32_t phi_hash_step(uint32_t h, unsigned char letter)
{
	return h * 33 + (letter | 0x20u);
}

static inline uint32_t phi_hash_end(uint32_t h)
{
	h *= 0x9E3779B1u;
	return h ^ h >> 15;
}

#endif
