/* Hashing, by OpenSSL. */
#ifndef ROS_BASE_HASH_H
#define ROS_BASE_HASH_H

#include "base/str.h"

#include <stdint.h>

struct sha256 {
	uint8_t b[32];
};

#define SHA256_TEXT 65 /* 64 hex digits and NUL */

struct sha256 sha256_of(struct str bytes);
void sha256_format(const struct sha256 *h, char out[SHA256_TEXT]); /* lower-case hex */

/* A hash as it is stored: its 32 bytes; what is missing of them is 0. */
struct sha256 sha256_stored(struct str bytes);

/* sum += h, as 256-bit big-endian integers modulo 2^256: a sum of hashes that does not depend on order. */
void sha256_accumulate(struct sha256 *sum, const struct sha256 *h);

/* SHA-256 of bytes that come in pieces. sha256_end() frees the stream (NULL is fine); h may be NULL where it is given up. */
struct sha256_stream; /* opaque */

struct sha256_stream *sha256_begin(void);
void sha256_add(struct sha256_stream *s, struct str bytes);
void sha256_end(struct sha256_stream *s, struct sha256 *h);

/* HMAC-SHA256 (RFC 2104) under one key. */
struct hmac; /* opaque */

struct hmac *hmac_new(struct str key); /* the key is copied */
void hmac_free(struct hmac *h);        /* NULL is fine; the key is overwritten */
struct sha256 hmac_of(struct hmac *h, struct str bytes);

struct sha1 {
	uint8_t b[20];
};

/* SHA-1 of head and tail, one after the other. For UUID version 5 alone: it is no evidence of anything. */
struct sha1 sha1_of(struct str head, struct str tail);

/* FNV-1a of 64 bits: what h stands for, and the bytes behind it. Stable across runs, and no defence: for telling apart what is hashed already. */
#define HASH_FOLD UINT64_C(0xCBF29CE484222325) /* of nothing */
uint64_t hash_fold(uint64_t h, struct str bytes);

/* For hash tables: 64 bits, seeded per process, not stable across runs. */
uint64_t hash_bytes(const void *p, size_t n);

#endif
