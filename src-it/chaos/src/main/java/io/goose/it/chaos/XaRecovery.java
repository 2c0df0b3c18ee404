package io.goose.it.chaos;

import com.arjuna.ats.arjuna.common.CoreEnvironmentBeanException;
import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.arjuna.common.recoveryPropertyManager;
import com.arjuna.ats.arjuna.recovery.RecoveryManager;
import com.arjuna.ats.internal.arjuna.recovery.AtomicActionRecoveryModule;
import com.arjuna.ats.internal.jta.recovery.arjunacore.JTANodeNameXAResourceOrphanFilter;
import com.arjuna.ats.internal.jta.recovery.arjunacore.JTATransactionLogXAResourceOrphanFilter;
import com.arjuna.ats.internal.jta.recovery.arjunacore.XARecoveryModule;
import com.arjuna.ats.jta.common.jtaPropertyManager;
import com.arjuna.ats.jta.recovery.XAResourceRecoveryHelper;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import java.util.List;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;

/** A transaction manager with a log on disk, and its recovery with short pauses. */
final class XaRecovery {

    private static final String NODE = "chaos";
    private static final int MOST_SCANS = 20;

    private XaRecovery() {}

    /** To be called before any transaction. */
    static void configure(String directory) {
        try {
            arjPropertyManager.getCoreEnvironmentBean().setNodeIdentifier(NODE);
        } catch (CoreEnvironmentBeanException refused) {
            throw new IllegalStateException(refused);
        }
        BeanPopulator.getDefaultInstance(ObjectStoreEnvironmentBean.class).setObjectStoreDir(directory);
        for (String store : new String[] {"stateStore", "communicationStore"}) {
            BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, store)
                    .setObjectStoreDir(directory);
        }
        var jta = jtaPropertyManager.getJTAEnvironmentBean();
        jta.setXaRecoveryNodes(List.of(NODE));
        jta.setOrphanSafetyInterval(1);
        jta.setXaResourceOrphanFilterClassNames(List.of(
                JTATransactionLogXAResourceOrphanFilter.class.getName(),
                JTANodeNameXAResourceOrphanFilter.class.getName()));
        var recovery = recoveryPropertyManager.getRecoveryEnvironmentBean();
        recovery.setRecoveryModuleClassNames(
                List.of(AtomicActionRecoveryModule.class.getName(), XARecoveryModule.class.getName()));
        recovery.setRecoveryBackoffPeriod(1);
        recovery.setRecoveryListener(false);
        recovery.setExpiryScannerClassNames(List.of());
    }

    /** Scans until none of the resources has a prepared branch; each of them is used for that alone. */
    static void run(XAResource... resources) throws XAException {
        RecoveryManager manager = RecoveryManager.manager(RecoveryManager.DIRECT_MANAGEMENT);
        manager.initialize();
        for (Object module : manager.getModules()) {
            if (module instanceof XARecoveryModule ofXa) {
                ofXa.addXAResourceRecoveryHelper(new XAResourceRecoveryHelper() {
                    @Override
                    public boolean initialise(String parameter) {
                        return true;
                    }

                    @Override
                    public XAResource[] getXAResources() {
                        return resources;
                    }
                });
            }
        }
        for (int scan = 1; scan <= MOST_SCANS; scan++) {
            manager.scan();
            if (open(resources) == 0) {
                return;
            }
        }
        throw new IllegalStateException(open(resources) + " branches are still prepared");
    }

    private static int open(XAResource... resources) throws XAException {
        int open = 0;
        for (XAResource resource : resources) {
            open += resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN).length;
        }
        return open;
    }
}
