package io.goose.it.xa;

import jakarta.ejb.LocalBean;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.sql.SQLException;
import javax.naming.NamingException;

/** The container's transaction of an EJB. */
@Stateless
@LocalBean
public class EjbUnit {

    @Inject
    XaWork work;

    /** Works in a transaction. */
    public void run(String what, String end, String key) throws SQLException, NamingException {
        work.run(what, key);
        XaEnd.end(end);
    }
}
