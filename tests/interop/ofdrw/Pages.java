import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.File;
import java.nio.file.Paths;
import javax.imageio.ImageIO;
import org.ofdrw.converter.ImageMaker;
import org.ofdrw.reader.OFDReader;

/**
 * Pages OFD PREFIX OUT DPI: draws each page with ofdrw, puts it beside PREFIX-N.png
 * (the PDF's page N) as OUT-N.png, and prints how they differ:
 *
 *   page N mean M squares B of T
 *
 * mean: average difference of a sample, 0 to 255.  squares: how many of
 * 3 mm have ink in one picture that the other lacks.
 */
public class Pages {
    /** Darkness of a square: 0 white to 255 black. */
    static double[] ink(BufferedImage im, int side, int columns, int rows) {
        double[] sum = new double[columns * rows];
        for (int y = 0; y < rows * side; y++)
            for (int x = 0; x < columns * side; x++)
                sum[y / side * columns + x / side] += 255 - grey(im, x, y);
        for (int i = 0; i < sum.length; i++)
            sum[i] /= side * side;
        return sum;
    }

    static double grey(BufferedImage im, int x, int y) {
        int v = im.getRGB(x, y);
        return ((v >> 16 & 255) + (v >> 8 & 255) + (v & 255)) / 3.0;
    }

    static String compare(BufferedImage a, BufferedImage b, double dpi) {
        int w = Math.min(a.getWidth(), b.getWidth());
        int h = Math.min(a.getHeight(), b.getHeight());
        int side = (int) Math.round(3 * dpi / 25.4);
        int columns = w / side, rows = h / side, bad = 0;
        double sum = 0;
        for (int y = 0; y < h; y++)
            for (int x = 0; x < w; x++)
                sum += Math.abs(grey(a, x, y) - grey(b, x, y));
        double[] p = ink(a, side, columns, rows), q = ink(b, side, columns, rows);
        for (int i = 0; i < p.length; i++)
            if (Math.abs(p[i] - q[i]) > 12 + 0.2 * Math.max(p[i], q[i]))
                bad++;
        return String.format("mean %.2f squares %d of %d", sum / w / h, bad,
            p.length);
    }

    static BufferedImage beside(BufferedImage a, BufferedImage b) {
        BufferedImage out = new BufferedImage(a.getWidth() + b.getWidth() + 8,
            Math.max(a.getHeight(), b.getHeight()), BufferedImage.TYPE_INT_RGB);
        Graphics2D g = out.createGraphics();
        g.drawImage(a, 0, 0, null);
        g.drawImage(b, a.getWidth() + 8, 0, null);
        g.dispose();
        return out;
    }

    public static void main(String[] argv) throws Exception {
        double dpi = Double.parseDouble(argv[3]);
        try (OFDReader reader = new OFDReader(Paths.get(argv[0]))) {
            ImageMaker maker = new ImageMaker(reader, dpi / 25.4);
            for (int i = 0; i < maker.pageSize(); i++) {
                BufferedImage ofd = maker.makePage(i);
                BufferedImage pdf = ImageIO.read(
                    new File(argv[1] + "-" + (i + 1) + ".png"));
                ImageIO.write(beside(ofd, pdf), "PNG",
                    new File(argv[2] + "-" + (i + 1) + ".png"));
                System.out.println("page " + (i + 1) + " "
                    + compare(ofd, pdf, dpi));
            }
        }
    }
}
