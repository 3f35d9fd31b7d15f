/*
 * TLS. OpenSSL's own sockets raise SIGPIPE, and tell of a lost connection by errno alone: so it moves its bytes through the plain transport, which
 * does neither. There is no farewell (close_notify): replies are counted, so a connection that was cut short is noticed without.
 */
#include "bus/tls.h"

#include "base/buf.h"
#include "base/mem.h"
#include "io/file.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#define KEY_MAX ((size_t)1 << 20)
#define UNKNOWN_AUTHORITY "is of an authority that is not known here: ROS_TLS_CA names who is trusted"

struct session {
	SSL *ssl;
	short receive_needs, send_needs; /* POLLIN or POLLOUT: what each waits for, which may be the other's */
	struct err why;                  /* of the last bytes that could not be moved */
};

/* --- bytes of TLS on the plain transport --- */

static int moved(BIO *bio, ssize_t n, int flag)
{
	BIO_clear_retry_flags(bio);
	if (n == 0)
		BIO_set_flags(bio, flag | BIO_FLAGS_SHOULD_RETRY);
	return n > 0 ? (int)n : -1;
}

static int bio_write(BIO *bio, const char *p, int n)
{
	struct transport *t = BIO_get_data(bio);
	struct session *s = t->session;
	return moved(bio, transport_plain.send(t, p, (size_t)n, &s->why), BIO_FLAGS_WRITE);
}

static int bio_read(BIO *bio, char *p, int n)
{
	struct transport *t = BIO_get_data(bio);
	struct session *s = t->session;
	return moved(bio, transport_plain.receive(t, p, (size_t)n, &s->why), BIO_FLAGS_READ);
}

static long bio_control(BIO *bio, int command, long number, void *p)
{
	(void)bio, (void)number, (void)p;
	return command == BIO_CTRL_FLUSH;
}

static BIO *bio_new(struct transport *t)
{
	static BIO_METHOD *method;
	if (!method) {
		method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "transport");
		if (!method)
			mem_fatal("out of memory");
		BIO_meth_set_write(method, bio_write);
		BIO_meth_set_read(method, bio_read);
		BIO_meth_set_ctrl(method, bio_control);
	}
	BIO *bio = BIO_new(method);
	if (!bio)
		mem_fatal("out of memory");
	BIO_set_data(bio, t);
	BIO_set_init(bio, 1);
	return bio;
}

/* --- what went wrong, in words --- */

static const struct fault {
	int code;
	const char *words;
} certificate_faults[] = {
	{ X509_V_ERR_HOSTNAME_MISMATCH, "is for another host" },
	{ X509_V_ERR_IP_ADDRESS_MISMATCH, "is for another host" },
	{ X509_V_ERR_CERT_HAS_EXPIRED, "has expired" },
	{ X509_V_ERR_CERT_NOT_YET_VALID, "is not valid yet" },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, UNKNOWN_AUTHORITY },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, UNKNOWN_AUTHORITY },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, UNKNOWN_AUTHORITY },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, UNKNOWN_AUTHORITY },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, UNKNOWN_AUTHORITY },
	{ 0, NULL },
}, handshake_faults[] = { /* what time does not mend; the alerts are what the server says of us */
	{ SSL_R_WRONG_VERSION_NUMBER, "it does not speak TLS: its URL starts with redis://" },
	{ SSL_R_UNSUPPORTED_PROTOCOL, "it speaks no version from 1.2 on" },
	{ SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, "it speaks no version from 1.2 on" },
	{ SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, "it wants a client certificate: ROS_TLS_CERT and ROS_TLS_KEY name it" },
	{ SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, "it refuses us: it may want a client certificate (ROS_TLS_CERT, ROS_TLS_KEY), or no cipher is shared" },
	{ SSL_R_TLSV1_ALERT_UNKNOWN_CA, "it does not know the authority of our certificate (ROS_TLS_CERT)" },
	{ SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, "our certificate (ROS_TLS_CERT) has expired" },
	{ SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, "our certificate (ROS_TLS_CERT) was revoked" },
	{ SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, "it refuses our certificate (ROS_TLS_CERT)" },
	{ SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, "it refuses our certificate (ROS_TLS_CERT)" },
	{ SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, "it refuses our certificate (ROS_TLS_CERT)" },
	{ SSL_R_TLSV1_ALERT_ACCESS_DENIED, "it refuses our certificate (ROS_TLS_CERT)" },
	{ 0, NULL },
};

static const char *words_of(const struct fault *f, int code)
{
	while (f->words && f->code != code)
		f++;
	return f->words;
}

/* Of the oldest error that OpenSSL keeps. */
static const char *reason_text(void)
{
	const char *text = ERR_reason_error_string(ERR_peek_error());
	return text ? text : "no reason given";
}

static int explain(const struct transport *t, struct err *e)
{
	const struct session *s = t->session;
	int reason = ERR_GET_REASON(ERR_peek_error());
	if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
		long code = SSL_get_verify_result(s->ssl);
		const char *words = words_of(certificate_faults, (int)code);
		return err_set(e, ROS_CONFIG, "%s: TLS: its certificate %s", t->name, words ? words : X509_verify_cert_error_string(code));
	}
	const char *words = words_of(handshake_faults, reason);
	if (words)
		return err_set(e, ROS_CONFIG, "%s: TLS: %s", t->name, words);
	return err_set(e, ROS_UNREACHABLE, "lost the connection to %s: TLS: %s", t->name, reason_text());
}

/* A call of OpenSSL came to rc: 0, and in *needs what it waits for; or -1. */
static int failed(const struct transport *t, int rc, short *needs, struct err *e)
{
	const struct session *s = t->session;
	switch (SSL_get_error(s->ssl, rc)) {
	case SSL_ERROR_WANT_READ:
		*needs = POLLIN;
		return 0;
	case SSL_ERROR_WANT_WRITE:
		*needs = POLLOUT;
		return 0;
	case SSL_ERROR_ZERO_RETURN:
		return err_set(e, ROS_UNREACHABLE, "lost the connection to %s: it was closed", t->name);
	case SSL_ERROR_SYSCALL:
		return err_set(e, s->why.status, "%s", s->why.text);
	default:
		return explain(t, e);
	}
}

/* --- the driver --- */

static ssize_t tls_receive(struct transport *t, void *p, size_t n, struct err *e)
{
	struct session *s = t->session;
	size_t got;
	s->receive_needs = POLLIN;
	ERR_clear_error();
	int rc = SSL_read_ex(s->ssl, p, n, &got);
	return rc == 1 ? (ssize_t)got : failed(t, rc, &s->receive_needs, e);
}

/* A server that refuses us says why and closes: the words have come where nothing can be sent any more. */
static ssize_t last_words(struct transport *t, struct err *e)
{
	struct err why;
	char c;
	if (tls_receive(t, &c, 1, &why) < 0)
		return err_set(e, why.status, "%s", why.text);
	return -1;
}

static ssize_t tls_send(struct transport *t, const void *p, size_t n, struct err *e)
{
	struct session *s = t->session;
	size_t sent;
	s->send_needs = POLLOUT;
	ERR_clear_error();
	int rc = SSL_write_ex(s->ssl, p, n, &sent);
	if (rc == 1)
		return (ssize_t)sent;
	return failed(t, rc, &s->send_needs, e) < 0 ? last_words(t, e) : 0;
}

/* Looks into what has come, since a server sends session tickets unasked. */
static bool tls_idle(struct transport *t)
{
	const struct session *s = t->session;
	char c;
	ERR_clear_error();
	int rc = SSL_peek(s->ssl, &c, 1);
	return rc <= 0 && SSL_get_error(s->ssl, rc) == SSL_ERROR_WANT_READ;
}

static short tls_events(struct transport *t, short events)
{
	const struct session *s = t->session;
	if ((events & POLLIN) && SSL_pending(s->ssl) > 0)
		return 0;
	return (short)((events & POLLIN ? s->receive_needs : 0) | (events & POLLOUT ? s->send_needs : 0));
}

static void tls_end(struct transport *t)
{
	struct session *s = t->session;
	SSL_free(s->ssl);
	free(s);
}

static const struct transport_driver tls_driver = {
	.send = tls_send,
	.receive = tls_receive,
	.idle = tls_idle,
	.events = tls_events,
	.end = tls_end,
};

/* --- making a session --- */

static int unusable(const char *variable, const char *path, struct err *e)
{
	unsigned long code = ERR_peek_error();
	if (!ERR_SYSTEM_ERROR(code))
		return err_set(e, ROS_CONFIG, "%s %s: %s", variable, path, reason_text());
	errno = ERR_GET_REASON(code);
	return err_sys(e, ROS_CONFIG, "%s %s", variable, path);
}

/* Nobody is asked for a pass phrase. */
static int no_pass_phrase(char *p, int size, int writing, void *arg)
{
	(void)p, (void)size, (void)writing, (void)arg;
	return -1;
}

static int use_key(SSL_CTX *ctx, const char *path, struct err *e)
{
	struct buf text;
	buf_init(&text, KEY_MAX);
	int rc = file_read_secret("ROS_TLS_KEY", path, &text, e);
	if (rc == 0) {
		BIO *bio = BIO_new_mem_buf(buf_cstr(&text), (int)text.n);
		EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_pass_phrase, NULL);
		if (!key || SSL_CTX_use_PrivateKey(ctx, key) != 1)
			rc = unusable("ROS_TLS_KEY", path, e);
		EVP_PKEY_free(key);
		BIO_free(bio);
	}
	buf_wipe(&text);
	return rc;
}

static int use_files(SSL_CTX *ctx, const struct bus_tls *tls, struct err *e)
{
	ERR_clear_error();
	if (!tls->ca)
		SSL_CTX_set_default_verify_paths(ctx);
	else if (SSL_CTX_load_verify_file(ctx, tls->ca) != 1)
		return unusable("ROS_TLS_CA", tls->ca, e);
	if (!tls->cert && !tls->key)
		return 0;
	if (!tls->key)
		return err_set(e, ROS_CONFIG, "ROS_TLS_CERT is set, and ROS_TLS_KEY is not");
	if (!tls->cert)
		return err_set(e, ROS_CONFIG, "ROS_TLS_KEY is set, and ROS_TLS_CERT is not");
	if (SSL_CTX_use_certificate_chain_file(ctx, tls->cert) != 1)
		return unusable("ROS_TLS_CERT", tls->cert, e);
	return use_key(ctx, tls->key, e);
}

/* Whom the certificate must be for. A name is said to the server as well (SNI), an address must not be (RFC 6066, section 3). */
static void expect_host(SSL *ssl, const char *host)
{
	if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host))
		return;
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (!SSL_set1_host(ssl, host) || !SSL_set_tlsext_host_name(ssl, host))
		mem_fatal("out of memory");
}

static int make_session(struct transport *t, const char *host, const struct bus_tls *tls, struct err *e)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	if (!ctx)
		return err_set(e, ROS_CONFIG, "%s: TLS: %s", t->name, reason_text());
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	int rc = use_files(ctx, tls, e);
	if (rc == 0) {
		struct session *s = mem_alloc(sizeof *s);
		s->receive_needs = POLLIN;
		s->send_needs = POLLOUT;
		s->ssl = SSL_new(ctx);
		if (!s->ssl)
			mem_fatal("out of memory");
		BIO *bio = bio_new(t);
		SSL_set_bio(s->ssl, bio, bio);
		expect_host(s->ssl, host);
		t->session = s;
		t->driver = &tls_driver;
	}
	SSL_CTX_free(ctx); /* the session holds it */
	return rc;
}

int tls_begin(struct transport *t, const char *host, const struct bus_tls *tls, int64_t deadline, struct err *e)
{
	if (make_session(t, host, tls, e) < 0)
		return -1;
	struct session *s = t->session;
	for (;;) {
		ERR_clear_error();
		int rc = SSL_connect(s->ssl);
		if (rc == 1)
			return 0;
		if (failed(t, rc, &s->receive_needs, e) < 0)
			return -1;
		if (transport_wait(t, POLLIN, deadline, false) == WAIT_TIMEOUT)
			return err_set(e, ROS_LATER, "cannot reach %s: no TLS handshake in time", t->name);
	}
}
