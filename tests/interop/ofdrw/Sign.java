import java.io.ByteArrayInputStream;
import java.io.FileWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Security;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.Date;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.ofdrw.gm.ses.v1.SES_ESPictrueInfo;
import org.ofdrw.gm.ses.v1.SES_Header;
import org.ofdrw.gm.ses.v4.CertInfoList;
import org.ofdrw.gm.ses.v4.SESeal;
import org.ofdrw.gm.ses.v4.SES_CertList;
import org.ofdrw.gm.ses.v4.SES_ESPropertyInfo;
import org.ofdrw.gm.ses.v4.SES_SealInfo;
import org.ofdrw.layout.OFDDoc;
import org.ofdrw.layout.element.Paragraph;
import org.ofdrw.reader.OFDReader;
import org.ofdrw.sign.ExtendSignatureContainer;
import org.ofdrw.sign.NumberFormatAtomicSignID;
import org.ofdrw.sign.OFDSigner;
import org.ofdrw.sign.SignMode;
import org.ofdrw.sign.signContainer.GBT35275DSContainer;
import org.ofdrw.sign.signContainer.SESV4Container;
import org.ofdrw.sign.stamppos.NormalStampPos;
import org.ofdrw.sign.stamppos.RidingStampPos;
import org.ofdrw.sign.stamppos.Side;

/** Sign FOLDER: an authority, a seal and signed OFDs, all by ofdrw: root.pem,
 *  seal.esl, sealed.ofd, riding.ofd, twice.ofd, bare.ofd. */
public class Sign {
    static final long DAY = 86400000L;
    static final Date FROM = new Date(System.currentTimeMillis() - DAY);
    static final Date UNTIL = new Date(System.currentTimeMillis() + 300 * DAY);

    static KeyPair key() throws Exception {
        KeyPairGenerator g = KeyPairGenerator.getInstance("EC", "BC");
        g.initialize(new ECGenParameterSpec("sm2p256v1"));
        return g.generateKeyPair();
    }

    static X509Certificate x509(String name, KeyPair key, String issuer,
            KeyPair signer, int usage, boolean ca) throws Exception {
        JcaX509v3CertificateBuilder b = new JcaX509v3CertificateBuilder(
            new X500Name(issuer), BigInteger.valueOf(System.nanoTime()), FROM,
            UNTIL, new X500Name(name), key.getPublic());
        b.addExtension(Extension.basicConstraints, true,
            new BasicConstraints(ca));
        b.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
        return new JcaX509CertificateConverter().setProvider("BC")
            .getCertificate(b.build(new JcaContentSignerBuilder("SM3withSM2")
                .setProvider("BC").build(signer.getPrivate())));
    }

    static SESeal seal(X509Certificate user, X509Certificate maker,
            KeyPair makerKey, byte[] picture) throws Exception {
        SES_SealInfo info = new SES_SealInfo()
            .setHeader(new SES_Header(SES_Header.V4,
                new org.bouncycastle.asn1.DERIA5String("ELSEWHERE")))
            .setEsID("33010000000001")
            .setProperty(new SES_ESPropertyInfo()
                .setType(new ASN1Integer(1))
                .setName(new DERUTF8String("别处专用章"))
                .setCertListType(SES_ESPropertyInfo.CertListType)
                .setCertList(new SES_CertList(new CertInfoList()
                    .add(new DEROctetString(user.getEncoded()))))
                .setCreateDate(new ASN1GeneralizedTime(FROM))
                .setValidStart(new ASN1GeneralizedTime(FROM))
                .setValidEnd(new ASN1GeneralizedTime(UNTIL)))
            .setPicture(new SES_ESPictrueInfo().setType("PNG")
                .setData(picture).setWidth(40).setHeight(40));
        Signature s = Signature.getInstance("SM3withSM2", "BC");
        s.initSign(makerKey.getPrivate());
        s.update(info.getEncoded("DER"));
        return new SESeal().seteSealInfo(info).setCert(maker)
            .setSignAlgID(GMObjectIdentifiers.sm2sign_with_sm3)
            .setSignedValue(s.sign());
    }

    static void sign(Path from, Path to, SignMode mode, boolean riding,
            ExtendSignatureContainer container) throws Exception {
        try (OFDReader reader = new OFDReader(from);
             OFDSigner signer = new OFDSigner(reader, to,
                 new NumberFormatAtomicSignID())) {
            signer.setSignMode(mode);
            signer.setSignContainer(container);
            if (container instanceof SESV4Container)
                signer.addApPos(riding
                    ? new RidingStampPos(Side.Right, 40d, 40d)
                    : new NormalStampPos(1, 120, 200, 40, 40));
            signer.exeSign();
        }
    }

    public static void main(String[] argv) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        Path out = Paths.get(argv[0]);
        KeyPair rootKey = key(), userKey = key(), makerKey = key();
        String root = "C=CN,O=Elsewhere,CN=Root";
        X509Certificate ca = x509(root, rootKey, root, rootKey,
            KeyUsage.keyCertSign | KeyUsage.cRLSign, true);
        X509Certificate user = x509("C=CN,O=Elsewhere,CN=User", userKey, root,
            rootKey, KeyUsage.digitalSignature | KeyUsage.nonRepudiation,
            false);
        X509Certificate maker = x509("C=CN,O=Elsewhere,CN=Maker", makerKey,
            root, rootKey, KeyUsage.digitalSignature, false);
        try (JcaPEMWriter pem = new JcaPEMWriter(
                new FileWriter(out.resolve("root.pem").toFile()))) {
            pem.writeObject(ca);
        }
        SESeal seal = seal(user, maker, makerKey,
            Files.readAllBytes(Paths.get(argv[1])));
        Files.write(out.resolve("seal.esl"), seal.getEncoded("DER"));
        Path plain = out.resolve("plain.ofd");
        try (OFDDoc doc = new OFDDoc(plain)) {
            for (int i = 0; i < 90; i++)
                doc.add(new Paragraph("Invoice of somebody else, line " + i));
        }
        SESV4Container v4 =
            new SESV4Container(userKey.getPrivate(), seal, user);
        sign(plain, out.resolve("sealed.ofd"), SignMode.WholeProtected, false,
            v4);
        sign(plain, out.resolve("riding.ofd"), SignMode.WholeProtected, true,
            v4);
        sign(plain, out.resolve("once.ofd"), SignMode.ContinueSign, false, v4);
        sign(out.resolve("once.ofd"), out.resolve("twice.ofd"),
            SignMode.WholeProtected, true, v4);
        sign(plain, out.resolve("bare.ofd"), SignMode.WholeProtected, false,
            new GBT35275DSContainer(user, userKey.getPrivate()));
    }
}
