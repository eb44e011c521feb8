/*
 * template.h - a type of certificate as data: fields, rules, validity, QR form,
 * layout, read from templates/<folder>/template.xml (docs/templates.md).
 */
#ifndef CERTSVC_TEMPLATE_H
#define CERTSVC_TEMPLATE_H

#include <regex.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/qr_claims.h" /* enum qr_form */
#include "crypto/face.h"
#include "crypto/sign.h"

enum {
	TEMPLATE_CODE_LEN = 21, /* 证照类型代码: 18 + 3 (GB/T 36904) */
	TEMPLATE_FILE_MAX = 1048576, /* bytes of one template.xml */
	TEMPLATE_VARIANTS_MAX = 4,
	TEMPLATE_VALUES_MAX = 64, /* values of an enum field */
	TEMPLATE_CODES_MAX = 2	  /* algorithms of printed codes */
};

enum datatype {
	DATATYPE_TEXT,
	DATATYPE_DATE,	/* YYYY-MM-DD, or the word 长期 where allowed */
	DATATYPE_MONEY, /* decimal yuan, at most 2 places */
	DATATYPE_INTEGER,
	DATATYPE_ENUM,
	DATATYPE_CITIZEN, /* GB 11643 citizen number */
	DATATYPE_USCC,	  /* GB 32100 unified social credit code */
	DATATYPE_TABLE	  /* rows of columns */
};

/* Who may see a field. */
enum disclosure {
	DISCLOSURE_PUBLIC,    /* anybody; may ride in the QR */
	DISCLOSURE_VERIFIER,  /* whoever holds the document or its code */
	DISCLOSURE_HOLDER,    /* the holder and departments */
	DISCLOSURE_DEPARTMENT /* kept with the record, never in a document */
};

struct template_field {
	char name[FACE_NAME_SIZE]; /* GB/T 36903 short name or KZ_... */
	char *id;		   /* name in API requests, [a-z][a-z0-9_]* */
	char *zh, *en;		   /* labels */
	enum datatype type;
	int required;
	size_t maxlen;	/* code points; table: rows */
	char *pattern;	/* POSIX ERE for the whole value, or NULL */
	regex_t *regex; /* pattern, anchored and compiled; owned, or NULL */
	int line;	/* of template.xml */
	enum disclosure level;
	int forever;   /* a date may also be 长期 */
	char **values; /* enum: allowed values */
	size_t nvalues;
	struct template_field *columns; /* table: columns, never tables */
	size_t ncolumns;
};

/* A check across two fields: left OP right. */
struct template_check {
	size_t left, right; /* index of the fields */
	enum {
		CHECK_LT,
		CHECK_LE,
		CHECK_EQ,
		CHECK_REQUIRES
	} op;
	char *zh, *en; /* what to tell the caller */
	int line;      /* of template.xml */
};

struct layout_spec; /* certsvc/layout_spec.h */

/* 正本, 副本: same record, own layout. */
struct template_variant {
	char *id; /* "original", "duplicate" ... */
	char *zh, *en;
	struct layout_spec *layout; /* owned */
};

struct template
{
	char code[TEMPLATE_CODE_LEN + 1];
	char *folder;		 /* name of its folder: business-licence */
	char *zh, *en;		 /* 证照名称 */
	int is_proof;		 /* 电子证明 rather than 电子证照 */
	unsigned int version;	 /* 1.. */
	char effective_from[11]; /* YYYY-MM-DD */
	char effective_to[11];	 /* "" = open */

	struct template_field *fields; /* in schema order */
	size_t nfields;
	struct template_check *checks;
	size_t nchecks;

	char *number;		  /* pattern of the printed number (ZZBH) */
	int holder, holder_code;  /* index of the fields for CZZT, CZZTDM; -1 */
	int valid_from, valid_to; /* index of date fields, or -1 */
	int valid_years, valid_months,
	    valid_days;	    /* else from issue; 0 0 0 = open */
	int starts_pending; /* pending until handed over */

	enum qr_form qr;
	/* The first signs the printed code, each other an extra one. */
	enum sign_alg codes[TEMPLATE_CODES_MAX];
	size_t ncodes;		/* at least 1 */
	int64_t status_max_age; /* seconds an offline status may be old */
	struct template_variant variants[TEMPLATE_VARIANTS_MAX];
	size_t nvariants;     /* at least 1 */
	size_t nseals;	      /* seal places, the same in each variant */
	unsigned int formats; /* bit mask: TEMPLATE_PDF ... */
	int print_originals;  /* originals an office may print; 0 none */
	int print_copies;     /* 加注件 allowed */
	int print_background; /* printed sheets have fine lines under them */
	int print_stock;      /* there is pre-printed, numbered stock */
	uint8_t digest[32];   /* SHA-256 of template.xml */
};

enum {
	TEMPLATE_PDF = 1,
	TEMPLATE_OFD = 2,
	TEMPLATE_XML = 4
};

/*
 * Read folder/template.xml and check it against the XSD and the rules that an
 * XSD cannot say.  Errors are items of *e: pointer holds "file:line", texts the
 * reason.  The schema is template.xsd beside the folder.  ERR_INPUT
 * "template_invalid".  Caller frees with template_free.
 */
int template_read(const char *folder, struct template **out, struct err *e);
void template_free(struct template *t);

/* By its name in API requests, or NULL. */
const struct template_field *template_field_find(
    const struct template *t, const char *id);
/* By its name on the face, or NULL. */
const struct template_field *template_field_named(
    const struct template *t, const char *name);

/*
 * All types of one directory: of each code the highest version that is in
 * effect today (in China).  One wrong template makes the whole call fail with
 * every mistake as an item.
 */
struct template_set {
	struct template **v; /* owned */
	size_t n;
};
int template_set_read(const char *dir, struct template_set *set, struct err *e);
void template_set_release(struct template_set *set);
/* By type code or folder name; NULL when there is none. */
const struct template *template_find(
    const struct template_set *set, const char *code_or_folder);

#endif
