/*
 * Hashing. OpenSSL looks a digest up by name in 2 us, which is longer than it takes to hash an event: so each digest
 * keeps one context a thread, which is only reset. For hash tables: SipHash-1-3 (Aumasson, Bernstein: SipHash, 2012),
 * as its keys may come from outside and must not be steered into one bucket.
 */
#include "base/hash.h"

#include "base/mem.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/auxv.h>

static EVP_MD_CTX *context_for(const char *digest)
{
	EVP_MD *md = EVP_MD_fetch(NULL, digest, NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	if (!md || !ctx || !EVP_DigestInit_ex2(ctx, md, NULL))
		mem_fatal("no SHA from OpenSSL");
	EVP_MD_free(md); /* the context holds it */
	return ctx;
}

static void digest_parts(EVP_MD_CTX *ctx, struct str head, struct str tail, uint8_t *out)
{
	if (!EVP_DigestInit_ex2(ctx, NULL, NULL) || !EVP_DigestUpdate(ctx, head.p, head.n) ||
	    !EVP_DigestUpdate(ctx, tail.p, tail.n) || !EVP_DigestFinal_ex(ctx, out, NULL))
		mem_fatal("SHA from OpenSSL failed");
}

struct sha256 sha256_of(struct str bytes)
{
	static _Thread_local EVP_MD_CTX *ctx;
	struct sha256 h;
	if (!ctx)
		ctx = context_for("SHA256");
	digest_parts(ctx, bytes, STR(""), h.b);
	return h;
}

struct sha256_stream {
	EVP_MD_CTX *ctx;
};

struct sha256_stream *sha256_begin(void)
{
	struct sha256_stream *s = mem_alloc(sizeof *s);
	s->ctx = context_for("SHA256");
	return s;
}

void sha256_add(struct sha256_stream *s, struct str bytes)
{
	if (!EVP_DigestUpdate(s->ctx, bytes.p, bytes.n))
		mem_fatal("SHA from OpenSSL failed");
}

void sha256_end(struct sha256_stream *s, struct sha256 *h)
{
	if (!s)
		return;
	if (h && !EVP_DigestFinal_ex(s->ctx, h->b, NULL))
		mem_fatal("SHA from OpenSSL failed");
	EVP_MD_CTX_free(s->ctx);
	free(s);
}

struct hmac {
	EVP_MAC_CTX *ctx; /* with the key; it is only reset */
};

struct hmac *hmac_new(struct str key)
{
	struct hmac *h = mem_alloc(sizeof *h);
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end() };
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	h->ctx = EVP_MAC_CTX_new(mac);
	if (!h->ctx || !EVP_MAC_init(h->ctx, (const unsigned char *)key.p, key.n, params))
		mem_fatal("no HMAC from OpenSSL");
	EVP_MAC_free(mac); /* the context holds it */
	return h;
}

void hmac_free(struct hmac *h)
{
	if (!h)
		return;
	EVP_MAC_CTX_free(h->ctx);
	free(h);
}

struct sha256 hmac_of(struct hmac *h, struct str bytes)
{
	struct sha256 out;
	size_t n;
	if (!EVP_MAC_init(h->ctx, NULL, 0, NULL) || !EVP_MAC_update(h->ctx, (const unsigned char *)bytes.p, bytes.n) ||
	    !EVP_MAC_final(h->ctx, out.b, &n, sizeof out.b))
		mem_fatal("HMAC from OpenSSL failed");
	return out;
}

struct sha1 sha1_of(struct str head, struct str tail)
{
	static _Thread_local EVP_MD_CTX *ctx;
	struct sha1 h;
	if (!ctx)
		ctx = context_for("SHA1");
	digest_parts(ctx, head, tail, h.b);
	return h;
}

void sha256_format(const struct sha256 *h, char out[SHA256_TEXT])
{
	for (size_t i = 0; i < sizeof h->b; i++) {
		out[2 * i] = "0123456789abcdef"[h->b[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[h->b[i] & 15];
	}
	out[SHA256_TEXT - 1] = '\0';
}

struct sha256 sha256_stored(struct str bytes)
{
	struct sha256 h = { 0 };
	for (size_t i = 0; i < sizeof h.b && i < bytes.n; i++)
		h.b[i] = (uint8_t)bytes.p[i];
	return h;
}

void sha256_accumulate(struct sha256 *sum, const struct sha256 *h)
{
	unsigned carry = 0;
	for (size_t i = sizeof sum->b; i-- > 0;) {
		carry += (unsigned)sum->b[i] + h->b[i];
		sum->b[i] = (uint8_t)carry;
		carry >>= 8;
	}
}

static inline uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static inline __attribute__((always_inline)) void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] = rotate(v[2], 32);
}

static inline void sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
}

/* The key is the 16 random bytes that the kernel gives every process at its start. */
uint64_t hash_bytes(const void *p, size_t n)
{
	static uint64_t key[2];
	const char *at = p;
	uint64_t word;
	if (key[0] == 0)
		memcpy(key, (const void *)getauxval(AT_RANDOM), sizeof key);
	uint64_t v[4] = { key[0] ^ UINT64_C(0x736f6d6570736575), key[1] ^ UINT64_C(0x646f72616e646f6d),
		          key[0] ^ UINT64_C(0x6c7967656e657261), key[1] ^ UINT64_C(0x7465646279746573) };
	size_t left = n;
	for (; left >= sizeof word; at += sizeof word, left -= sizeof word) {
		memcpy(&word, at, sizeof word);
		sip_word(v, word);
	}
	word = (uint64_t)n << 56;
	if (left > 0)
		memcpy(&word, at, left);
	sip_word(v, word);
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t hash_fold(uint64_t h, struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		h = (h ^ (uint8_t)bytes.p[i]) * UINT64_C(0x100000001B3);
	return h;
}
