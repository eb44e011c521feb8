/*
 * SealJudge.java - BouncyCastle judges what we call good and bad: SM2
 * signatures, x509 paths with their CRLs, seals and seal signatures of
 * GB/T 38540.  It shares no code with us, OpenSSL included.
 *
 *   java -cp bcprov.jar:bcpkix.jar:bcutil.jar SealJudge.java < JOBS
 *
 * A job is a line: NAME <TAB> good|bad|any <TAB> KIND <TAB> ARGUMENT...
 * Answers are lines "ok NAME 0.01s" and "not ok NAME 0.01s".
 */
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Set;

import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.asn1.gm.GMNamedCurves;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.util.encoders.Hex;

public class SealJudge {
	static final String SM2_WITH_SM3 = "1.2.156.10197.1.501";
	static final byte[] IDENTIFIER =
	    "1234567812345678".getBytes(StandardCharsets.US_ASCII);

	/** Something is not as the standard wants it. */
	static class Refused extends Exception {
		Refused(String why) {
			super(why);
		}
	}

	static void want(boolean good, String why) throws Refused {
		if (!good)
			throw new Refused(why);
	}

	static byte[] sm3(byte[] data) {
		SM3Digest digest = new SM3Digest();
		byte[] out = new byte[digest.getDigestSize()];

		digest.update(data, 0, data.length);
		digest.doFinal(out, 0);
		return out;
	}

	static boolean sm2(
	    ECPublicKeyParameters key, byte[] id, byte[] message, byte[] value) {
		SM2Signer signer = new SM2Signer();

		signer.init(false, new ParametersWithID(key, id));
		signer.update(message, 0, message.length);
		return signer.verifySignature(value);
	}

	static ECPublicKeyParameters keyOf(X509Certificate x) throws Exception {
		SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(
		    x.getPublicKey().getEncoded());

		return (ECPublicKeyParameters) PublicKeyFactory.createKey(info);
	}

	static X509Certificate x509(byte[] der) throws Exception {
		X509Certificate x = (X509Certificate) CertificateFactory
		    .getInstance("X.509", "BC")
		    .generateCertificate(new ByteArrayInputStream(der));

		want(x != null && Arrays.equals(x.getEncoded(), der), "x509");
		return x;
	}

	/** A DER value that is the whole of the bytes, and nothing but DER. */
	static ASN1Sequence whole(byte[] der) throws Exception {
		ASN1Sequence s =
		    ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(der));

		want(Arrays.equals(s.getEncoded(ASN1Encoding.DER), der), "DER");
		return s;
	}

	static byte[] der(ASN1Sequence s, int i) throws Exception {
		return s.getObjectAt(i).toASN1Primitive().getEncoded(
		    ASN1Encoding.DER);
	}

	static byte[] octets(ASN1Sequence s, int i) {
		return ASN1OctetString.getInstance(s.getObjectAt(i)).getOctets();
	}

	static byte[] bits(ASN1Sequence s, int i) throws Refused {
		ASN1BitString b = ASN1BitString.getInstance(s.getObjectAt(i));

		want(b.getPadBits() == 0, "unused bits");
		return b.getOctets();
	}

	static Date time(ASN1Sequence s, int i) throws Exception {
		return ASN1GeneralizedTime.getInstance(s.getObjectAt(i)).getDate();
	}

	static int number(ASN1Sequence s, int i) {
		return ASN1Integer.getInstance(s.getObjectAt(i)).intValueExact();
	}

	/** What a verifier believes: files of a root, of CAs, of CRLs. */
	static class Trust {
		TrustAnchor anchor;
		final List<Object> store = new ArrayList<>();
		final List<X509Certificate> authorities = new ArrayList<>();
		boolean lists;

		Trust(String[] files) throws Exception {
			for (String file : files)
				add(file);
		}

		void add(String file) throws Exception {
			CertificateFactory f =
			    CertificateFactory.getInstance("X.509", "BC");
			byte[] data = Files.readAllBytes(Path.of(file));

			if (file.endsWith(".crl")) {
				store.add(f.generateCRL(
				    new ByteArrayInputStream(data)));
				lists = true;
				return;
			}
			X509Certificate x = (X509Certificate)
			    f.generateCertificate(
				new ByteArrayInputStream(data));
			if (anchor == null)
				anchor = new TrustAnchor(x, null);
			else
				authorities.add(x);
		}

		/** The path from leaf to the anchor, by names. */
		CertPath path(X509Certificate leaf) throws Exception {
			List<X509Certificate> list = new ArrayList<>();

			for (X509Certificate x = leaf; x != null;) {
				X509Certificate next = null;

				list.add(x);
				for (X509Certificate a : authorities)
					if (!list.contains(a) &&
					    a.getSubjectX500Principal().equals(
						x.getIssuerX500Principal()))
						next = a;
				x = next;
			}
			return CertificateFactory.getInstance("X.509", "BC")
			    .generateCertPath(list);
		}

		void check(X509Certificate leaf, Date at) throws Exception {
			PKIXParameters p = new PKIXParameters(Set.of(anchor));
			boolean[] usage = leaf.getKeyUsage();

			want(usage != null && (usage[0] || usage[1]), "usage");
			want(leaf.getBasicConstraints() < 0, "a CA signs");
			p.setDate(at);
			p.setRevocationEnabled(lists);
			p.addCertStore(CertStore.getInstance("Collection",
			    new CollectionCertStoreParameters(store), "BC"));
			CertPathValidator.getInstance("PKIX", "BC").validate(
			    path(leaf), p);
		}
	}

	/** SESeal: its shape, its maker's signature, its maker. */
	static ASN1Sequence seal(byte[] der, Trust trust, Date at)
	    throws Exception {
		ASN1Sequence s = whole(der), info, header, property, picture;

		want(s.size() == 4, "SESeal");
		info = ASN1Sequence.getInstance(s.getObjectAt(0));
		want(info.size() == 4, "eSealInfo");
		header = ASN1Sequence.getInstance(info.getObjectAt(0));
		want(ASN1IA5String.getInstance(header.getObjectAt(0))
		    .getString().equals("ES") && number(header, 1) == 4,
		    "header");
		ASN1IA5String.getInstance(header.getObjectAt(2));
		ASN1IA5String.getInstance(info.getObjectAt(1));
		property = ASN1Sequence.getInstance(info.getObjectAt(2));
		want(property.size() == 7 && number(property, 2) == 1,
		    "property");
		ASN1UTF8String.getInstance(property.getObjectAt(1));
		picture = ASN1Sequence.getInstance(info.getObjectAt(3));
		want(picture.size() == 4 && octets(picture, 1).length > 0 &&
		    number(picture, 2) > 0 && number(picture, 3) > 0,
		    "picture");
		want(SM2_WITH_SM3.equals(ASN1ObjectIdentifier.getInstance(
		    s.getObjectAt(2)).getId()), "algorithm");

		X509Certificate maker = x509(octets(s, 1));
		want(sm2(keyOf(maker), IDENTIFIER, der(s, 0), bits(s, 3)),
		    "the maker's signature");
		trust.check(maker, at);
		want(!at.before(time(property, 5)) &&
		    !at.after(time(property, 6)), "validity");
		return ASN1Sequence.getInstance(property.getObjectAt(3));
	}

	/** SES_Signature over a document, with everything inside it. */
	static void signature(byte[] der, byte[] document, byte[] seal,
	    Trust trust) throws Exception {
		ASN1Sequence s = whole(der), tbs, signers;
		boolean named = false;

		want(s.size() == 4, "SES_Signature");
		tbs = ASN1Sequence.getInstance(s.getObjectAt(0));
		want(number(tbs, 0) == 4, "version");
		want(seal == null || Arrays.equals(der(tbs, 1), seal),
		    "another seal");
		signers = seal(der(tbs, 1), trust, time(tbs, 2));
		want(Arrays.equals(bits(tbs, 3), sm3(document)), "dataHash");
		ASN1IA5String.getInstance(tbs.getObjectAt(4));
		if (tbs.size() > 5)
			extensions(ASN1TaggedObject.getInstance(
			    tbs.getObjectAt(5)));
		want(SM2_WITH_SM3.equals(ASN1ObjectIdentifier.getInstance(
		    s.getObjectAt(2)).getId()), "algorithm");

		X509Certificate signer = x509(octets(s, 1));
		want(sm2(keyOf(signer), IDENTIFIER, der(s, 0), bits(s, 3)),
		    "the signer's signature");
		trust.check(signer, time(tbs, 2));
		for (int i = 0; i < signers.size(); i++)
			named |= Arrays.equals(
			    octets(signers, i), signer.getEncoded());
		want(named, "the seal does not name the signer");
	}

	/** [0] EXPLICIT SEQUENCE OF SEQUENCE { OID, FALSE, OCTET STRING of 32 }. */
	static void extensions(ASN1TaggedObject tagged) throws Exception {
		ASN1Sequence list =
		    ASN1Sequence.getInstance(tagged, true);

		want(tagged.getTagNo() == 0 && list.size() == 3, "extDatas");
		for (int i = 0; i < 3; i++) {
			ASN1Sequence one =
			    ASN1Sequence.getInstance(list.getObjectAt(i));

			want(ASN1ObjectIdentifier.getInstance(
			    one.getObjectAt(0)).getId().startsWith("2.25.") &&
			    one.size() == 3 &&
			    !ASN1Boolean.getInstance(one.getObjectAt(1))
			    .isTrue() && octets(one, 2).length == 32, "extData");
		}
	}

	/** A public key, an identifier, a message and a signature, as hex. */
	static void vector(String[] a) throws Exception {
		X9ECParameters c = GMNamedCurves.getByName("sm2p256v1");
		ECPublicKeyParameters key = new ECPublicKeyParameters(
		    c.getCurve().decodePoint(Hex.decode(a[0])),
		    new ECDomainParameters(c));

		want(sm2(key, a[1].getBytes(StandardCharsets.UTF_8),
		    Hex.decode(a[2]), Hex.decode(a[3])), "signature");
	}

	/** An x509 signed by the x509 before it, both as hex. */
	static void issued(String[] a) throws Exception {
		X509Certificate ca = x509(Hex.decode(a[0]));

		x509(Hex.decode(a[1])).verify(ca.getPublicKey(), "BC");
	}

	static void crl(String file, String issuer) throws Exception {
		CertificateFactory f =
		    CertificateFactory.getInstance("X.509", "BC");
		X509CRL crl = (X509CRL) f.generateCRL(new ByteArrayInputStream(
		    Files.readAllBytes(Path.of(file))));
		X509Certificate x = (X509Certificate) f.generateCertificate(
		    new ByteArrayInputStream(
			Files.readAllBytes(Path.of(issuer))));

		crl.verify(x.getPublicKey(), "BC");
	}

	static String[] rest(String[] a, int from) {
		return Arrays.copyOfRange(a, from, a.length);
	}

	static byte[] read(String file) throws Exception {
		return file.equals("-") ? null : Files.readAllBytes(Path.of(file));
	}

	/** Every step-th byte of a signature changed: none may be accepted. */
	static void flips(String[] a) throws Exception {
		byte[] der = read(a[1]), document = read(a[2]), seal = read(a[3]);
		int step = Integer.parseInt(a[0]);
		Trust trust = new Trust(rest(a, 4));

		signature(der, document, seal, trust);
		for (int i = 0; i < der.length; i += step) {
			boolean accepted = true;

			der[i] ^= 1 << i % 8;
			try {
				signature(der, document, seal, trust);
			} catch (Exception e) {
				accepted = false;
			}
			der[i] ^= 1 << i % 8;
			want(!accepted, "byte " + i + " is not protected");
		}
	}

	static void judge(String kind, String[] a) throws Exception {
		switch (kind) {
		case "vector" -> vector(a);
		case "issued" -> issued(a);
		case "crl" -> crl(a[0], a[1]);
		case "flips" -> flips(a);
		case "seal" -> seal(read(a[1]), new Trust(rest(a, 2)),
		    new Date(1000 * Long.parseLong(a[0])));
		case "x509" -> new Trust(rest(a, 2)).check(x509(read(a[1])),
		    new Date(1000 * Long.parseLong(a[0])));
		case "signature" -> signature(read(a[0]), read(a[1]), read(a[2]),
		    new Trust(rest(a, 3)));
		default -> throw new AssertionError(kind);
		}
	}

	/** Whether the answer is the expected one; says what it was. */
	static boolean run(String[] job) throws Exception {
		String why = null;

		try {
			judge(job[2], rest(job, 3));
		} catch (java.nio.file.NoSuchFileException e) {
			throw e;
		} catch (Exception e) {
			why = e.toString();
		}
		if (job[1].equals("any") || (why == null) == job[1].equals("good"))
			return true;
		System.out.println("    expected " + job[1] + ": " + why);
		return false;
	}

	public static void main(String[] argv) throws Exception {
		BufferedReader in = new BufferedReader(new InputStreamReader(
		    System.in, StandardCharsets.UTF_8));
		int bad = 0;

		Security.addProvider(new BouncyCastleProvider());
		for (String line; (line = in.readLine()) != null;) {
			String[] job = line.split("\t", -1);
			long start = System.nanoTime();
			boolean good = run(job);

			bad += good ? 0 : 1;
			System.out.printf("%s %s %.2fs%n", good ? "ok" : "not ok",
			    job[0], (System.nanoTime() - start) / 1e9);
		}
		System.exit(bad == 0 ? 0 : 1);
	}
}
