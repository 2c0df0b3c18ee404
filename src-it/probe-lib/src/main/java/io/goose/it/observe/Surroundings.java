package io.goose.it.observe;

import jakarta.enterprise.concurrent.ManageableThread;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/** What the current thread can see of its application and its server. A failing look is recorded as {@code FAIL …}. */
public final class Surroundings {

    private Surroundings() {}

    /** Looks at the thread, its context class loader, the JNDI name spaces and the data source. */
    public static JsonObjectBuilder look(String key, Class<?> applicationClass) {
        Thread thread = Thread.currentThread();
        ClassLoader loader = thread.getContextClassLoader();
        return Json.createObjectBuilder()
                .add("key", key)
                .add("millis", System.currentTimeMillis())
                .add("thread", thread.getName())
                .add("threadId", thread.getId())
                .add("threadClass", thread.getClass().getName())
                .add("managed", thread instanceof ManageableThread)
                .add(
                        "virtual",
                        attempt(() -> Thread.class.getMethod("isVirtual").invoke(thread))) // since Java 21
                .add("loader", String.valueOf(loader))
                .add(
                        "loadsApplication",
                        attempt(() -> applicationClass == Class.forName(applicationClass.getName(), false, loader)))
                .add("module", attempt(() -> lookup("java:module/ModuleName")))
                .add("application", attempt(() -> lookup("java:app/AppName")))
                .add("userTransaction", attempt(() -> present(lookup("java:comp/UserTransaction"))))
                .add("dataSource", attempt(Surroundings::query));
    }

    /** The result as text, or {@code FAIL} with the failure. */
    public static String attempt(Callable<?> look) {
        try {
            return String.valueOf(look.call());
        } catch (Exception e) {
            return "FAIL " + e;
        }
    }

    /** Looks up a name in the context of the current thread. */
    @SuppressWarnings("BanJNDI") // what JNDI holds on a worker thread is the question here; the names are constants
    public static Object lookup(String name) throws NamingException {
        return new InitialContext().lookup(name);
    }

    private static boolean present(Object found) {
        return found != null;
    }

    private static int query() throws NamingException, SQLException {
        DataSource source = (DataSource) lookup("java:comp/DefaultDataSource");
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT 42")) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
