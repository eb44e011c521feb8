import java.nio.file.Paths;
import java.security.Security;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.ofdrw.reader.OFDReader;
import org.ofdrw.sign.verify.OFDValidator;
import org.ofdrw.sign.verify.container.SESV4ValidateContainer;

/** Validate FILE...: a line for each, "valid FILE" or "invalid FILE: why". */
public class Validate {
    static String fault(String file) {
        try (OFDReader reader = new OFDReader(Paths.get(file));
             OFDValidator validator = new OFDValidator(reader)) {
            validator.setValidator(new SESV4ValidateContainer());
            validator.exeValidate();
            return null;
        } catch (Throwable e) {
            return e.getClass().getSimpleName() + " " + e.getMessage();
        }
    }

    public static void main(String[] files) {
        Security.addProvider(new BouncyCastleProvider());
        for (String file : files) {
            String fault = fault(file);
            System.out.println(fault == null
                ? "valid " + file
                : "invalid " + file + ": " + fault.replace('\n', ' '));
        }
    }
}
