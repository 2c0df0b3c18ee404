package io.goose.it.xa;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.SQLException;
import javax.naming.NamingException;

/** {@code @Transactional} on a CDI bean. */
@ApplicationScoped
public class CdiUnit {

    @Inject
    XaWork work;

    /** Works in a transaction. */
    @Transactional
    public void run(String what, String end, String key) throws SQLException, NamingException {
        work.run(what, key);
        XaEnd.end(end);
    }
}
