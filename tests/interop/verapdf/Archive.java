import java.io.FileInputStream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Archive FILE...: veraPDF must find each file to be PDF/A-3U. */
public class Archive {
    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        int failed = 0;
        for (String file : files) {
            PDFAFlavour flavour = PDFAFlavour.PDFA_3_U;
            try (FileInputStream in = new FileInputStream(file);
                 PDFAParser parser = Foundries.defaultInstance()
                     .createParser(in, flavour);
                 PDFAValidator validator = Foundries.defaultInstance()
                     .createValidator(flavour, false)) {
                ValidationResult result = validator.validate(parser);
                System.out.println((result.isCompliant() ? "ok " : "not ok ")
                    + "veraPDF " + file);
                failed += result.isCompliant() ? 0 : 1;
                for (TestAssertion a : result.getTestAssertions())
                    System.out.println("    " + a.getRuleId().getClause() + "-"
                        + a.getRuleId().getTestNumber() + " "
                        + a.getMessage() + " "
                        + a.getLocation().getContext());
            }
        }
        System.exit(failed == 0 ? 0 : 1);
    }
}
