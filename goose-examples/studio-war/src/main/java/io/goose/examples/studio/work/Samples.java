package io.goose.examples.studio.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The photographs that come with the studio; {@code samples/licences.html} tells whose they are. */
@ApplicationScoped
public class Samples {

    private static final List<String> NAMES = List.of(
            "rocket.jpg", "friends.jpg", "railway.jpg", "fig.jpg", "park.jpg", "picos-de-europa.jpg", "seeding.jpg");

    @Inject
    Intake intake;

    /**
     * Takes them in as one shoot.
     *
     * @return how many there were
     */
    public int load(ServletContext application) throws IOException {
        String shoot = intake.openShoot();
        for (String name : NAMES) {
            try (InputStream content = application.getResourceAsStream("/samples/" + name)) {
                if (content == null) {
                    throw new FileNotFoundException("the WAR lacks samples/" + name);
                }
                intake.take(shoot, name, content);
            }
        }
        intake.closeShoot(shoot);
        return NAMES.size();
    }
}
