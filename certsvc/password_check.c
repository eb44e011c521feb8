/*
 * password_check.c - is a password worth having?  See password.h.
 *
 * What a guesser tries first counts as one character each: the words that head
 * every list of stolen passwords, runs, and the owner's name.
 */
#include "certsvc/password.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "certsvc/text_form.h"
#include "crypto/base/text.h"

enum {
	PARTS_MIN = 7, /* that are left then */
	RUN_MIN = 3,
	NAME_MIN = 3
};

static const char *const COMMON[] = {"password", "passw0rd", "p@ssw0rd",
    "p@ssword", "pass", "admin", "administrator", "root", "user", "guest",
    "login", "welcome", "letmein", "default", "changeme", "change", "secret",
    "master", "dragon", "monkey", "football", "baseball", "iloveyou", "love",
    "princess", "sunshine", "shadow", "superman", "batman", "michael", "qwerty",
    "qwertyuiop", "qwert", "asdf", "asdfgh", "asdfghjkl", "zxcvbn", "zxcvbnm",
    "1qaz2wsx", "1qaz", "2wsx", "3edc", "4rfv", "qazwsx", "q1w2e3r4",
    "qwer1234", "147258369", "147258", "159357", "123123", "112233", "5201314",
    "520", "1314", "woaini", "woaiwojia", "wodemima", "mima", "zhongguo",
    "china", "beijing", "shanghai", "zhengwu", "fuwu", "bianmin", "dating",
    "gongan", "computer", "internet", "certsvc", "test", "demo", "abc123",
    "密码", "管理员", "演示"};

/* Characters, letters in lower case. */
struct text {
	uint32_t v[PASSWORD_MAX + 1];
	size_t n;
};

static uint32_t
lower(uint32_t c)
{
	return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

/* At most PASSWORD_MAX + 1 of them; -1 when one is not allowed. */
static int
read_text(const char *s, struct text *t)
{
	size_t pos = 0, len = strlen(s);
	int32_t cp;

	for (t->n = 0; pos < len && t->n <= PASSWORD_MAX; t->n++) {
		cp = text_utf8_next(s, len, &pos);
		if (cp < 0 || text_cp_forbidden((uint32_t)cp))
			return -1;
		t->v[t->n] = lower((uint32_t)cp);
	}
	return 0;
}

/* Characters of the word when the text goes on with it, else 0. */
static size_t
word_length(const struct text *t, size_t at, const char *word)
{
	size_t pos = 0, len = strlen(word), n = 0;

	for (; pos < len; n++)
		if (at + n >= t->n || lower((uint32_t)text_utf8_next(
					  word, len, &pos)) != t->v[at + n])
			return 0;
	return n;
}

/* Characters that go on evenly: "aaaa", "1234", "dcba"; 0 when too few. */
static size_t
run_length(const struct text *t, size_t at)
{
	const uint32_t *v = t->v + at;
	size_t left = t->n - at, n = 2;
	uint32_t step;

	if (left < RUN_MIN)
		return 0;
	step = v[1] - v[0];
	if (step + 1 > 2)
		return 0;
	while (n < left && v[n] - v[n - 1] == step)
		n++;
	return n < RUN_MIN ? 0 : n;
}

/* Characters that count as one: the longest that a guesser knows. */
static size_t
part_length(const struct text *t, size_t at, const char *name)
{
	size_t best = run_length(t, at), n;

	for (size_t i = 0; i < sizeof(COMMON) / sizeof(COMMON[0]); i++)
		if ((n = word_length(t, at, COMMON[i])) > best)
			best = n;
	if ((n = word_length(t, at, name)) >= NAME_MIN && n > best)
		best = n;
	return best == 0 ? 1 : best;
}

static size_t
count_parts(const struct text *t, const char *name)
{
	size_t parts = 0, at = 0;

	for (; at < t->n; parts++)
		at += part_length(t, at, name);
	return parts;
}

static int
weak(struct err *e, const char *zh, const char *en)
{
	return err_set(
	    e, ERR_INPUT, "weak_password", "%s%.0s", "%.0s%s", zh, en);
}

static int
check_form(const char *form, const char *name, struct text *t, struct err *e)
{
	if (read_text(form, t) != 0)
		return weak(e, "密码中有看不见的字符，请重新输入",
		    "the password has characters that nobody sees: type it again");
	if (t->n < PASSWORD_MIN)
		return err_set(e, ERR_INPUT, "weak_password",
		    "密码至少要有 %d 个字符，几个不相干的词连起来就很好",
		    "a password has at least %d characters; a few unrelated words make a good one",
		    PASSWORD_MIN);
	if (t->n > PASSWORD_MAX)
		return err_set(e, ERR_INPUT, "weak_password",
		    "密码最多 %d 个字符",
		    "a password has at most %d characters", PASSWORD_MAX);
	if (count_parts(t, name) >= PARTS_MIN)
		return 0;
	return weak(e,
	    "这个密码太容易猜：几乎全是常见的词、连续的字符或登录名，请换一个",
	    "this password is easily guessed: hardly anything but common words, runs of characters or your name; choose another");
}

int
password_check(const char *password, const char *name, struct err *e)
{
	char *form = text_nfc(password, strlen(password));
	struct text t;
	int rc;

	if (form == NULL)
		return weak(e, "密码不是有效的文字", "the password is no text");
	rc = check_form(form, name, &t, e);
	OPENSSL_cleanse(&t, sizeof(t));
	OPENSSL_cleanse(form, strlen(form));
	free(form);
	return rc;
}
