/* cms_oids.h - contents of the object identifiers that cms.c writes and
 * cms_parse.c reads. */
#ifndef CRYPTO_CMS_OIDS_H
#define CRYPTO_CMS_OIDS_H

#include "crypto/base/buf.h"

extern const struct bytes cms_oid_data;		  /* 1.2.840.113549.1.7.1 */
extern const struct bytes cms_oid_signed_data;	  /* 1.2.840.113549.1.7.2 */
extern const struct bytes cms_oid_content_type;	  /* 1.2.840.113549.1.9.3 */
extern const struct bytes cms_oid_message_digest; /* 1.2.840.113549.1.9.4 */
/* 1.2.840.113549.1.9.16.2.47, signingCertificateV2 */
extern const struct bytes cms_oid_signing_certificate;
extern const struct bytes cms_oid_face_digest; /* CMS_FACE_DIGEST_OID */

#endif
